import { longestText, messageOf } from "./errors.ts";
import { operation } from "./operation.ts";

const marker = "[redacted]";

/** Shapes that are secret whatever their value: authorization headers, JWTs, Salesforce session ids. */
const secretShapes: readonly RegExp[] = [
  /\b(?:basic|bearer)\s+[\w.~+/=!-]{8,}/gi,
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
  /\b00D\w{9,15}![\w.]+/g,
  /\b(client_secret|clientSecret|password|assertion|refresh_token|access_token)(["']?\s*[=:]\s*["']?)[^\s"'&,}]+/gi,
];

/** Replaces everything in a text that is, or looks like, a secret. */
export type Redact = (text: string) => string;

/** @param secrets values known to be secret; short ones (under 6 characters) are ignored, they would eat words */
export function redactor(secrets: readonly (string | undefined)[]): Redact {
  const known = secrets
    .filter((secret): secret is string => secret !== undefined && secret.length >= 6)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .sort((a, b) => b.length - a.length);
  return (text) => {
    const withoutKnown = known.reduce((rest, secret) => rest.replaceAll(secret, marker), text);
    return secretShapes.reduce((rest, shape) => rest.replace(shape, keepName), withoutKnown);
  };
}

/**
 * Removes what a connection knows to be secret, and what the operation does for which it works just now. Both, before
 * anything is cut: nobody knows a half of a secret.
 * @param known may still grow, by the tokens of later log-ins
 */
export function redactorOfConnection(known: ReadonlySet<string | undefined>): Redact {
  return (text) => redactor([...known, ...(operation().secrets ?? [])])(text);
}

/** In characters: no secret is longer. */
const longestSecret = 10_000;

/**
 * The beginning of what a vendor says, to be shown: cut after the redaction, which does not know a half of a secret.
 * Of a text of megabytes no more is looked at than can matter, and what may be a half at its end is left out.
 */
export function beginningOf(said: string, redact: Redact, length = longestText): string {
  const enough = said.slice(0, length + longestSecret);
  const whole = redact(enough);
  return (enough === said ? whole : whole.slice(0, -longestSecret)).slice(0, length);
}

/**
 * What may be printed of an error that nobody expected: its stack. Its properties may hold a whole request, with the
 * token it was sent with.
 */
export function traceOf(error: unknown): string {
  return redactor([])((error instanceof Error && error.stack) || messageOf(error));
}

function keepName(_match: string, name?: unknown, separator?: unknown): string {
  return typeof name === "string" && typeof separator === "string" ? `${name}${separator}${marker}` : marker;
}
