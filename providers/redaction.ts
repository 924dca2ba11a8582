import { messageOf } from "./errors.ts";

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
 * What may be printed of an error that nobody expected: its stack. Its properties may hold a whole request, with the
 * token it was sent with.
 */
export function traceOf(error: unknown): string {
  return redactor([])((error instanceof Error && error.stack) || messageOf(error));
}

function keepName(_match: string, name?: unknown, separator?: unknown): string {
  return typeof name === "string" && typeof separator === "string" ? `${name}${separator}${marker}` : marker;
}
