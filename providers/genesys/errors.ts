import { FlawedAnswer, tooLong } from "../answers.ts";
import { CodedError, type Evidence, type Outcome, VendorError } from "../errors.ts";
import { beginningOf, type Redact } from "../redaction.ts";
import { retryAfterMs } from "../retryAfter.ts";
import { type ErrorBody, readErrorBody, readLogInError } from "./answers.ts";
import type { GenesysSettings } from "./settings.ts";

/** What the client resolves with, or rejects with, when it is told to return extended responses. */
export interface ExtendedResponse {
  status: number;
  headers: Record<string, string | undefined>;
  body?: unknown;
}

/** What a request is for; the answer to a removal may be empty. */
export type Mode = "read" | "write" | "remove";

export interface LogInAnswer {
  status: number;
  headers: Record<string, string | undefined>;
  data?: unknown;
}

export function logInRefused(
  { status, headers, data }: LogInAnswer,
  settings: GenesysSettings,
  redact: Redact,
) {
  const body = readLogInError(data, redact);
  const said = body.error_description ?? body.description ?? body.error ?? "";
  const evidence = { status, said, "client id": settings.genesysClientId };
  // The log-in limit is answered as 400 invalid_request with this text, not as 429.
  if (/^rate limit exceeded/i.test(said)) {
    return new VendorError({
      outcome: "rateLimited",
      code: "GENESYS_LOGIN_LIMIT",
      what: "Genesys limits the number of log-ins and refused this one.",
      evidence,
      next: "Wait a minute and run the command again.",
      retryAfterMs: retryAfterMs(headers["retry-after"]) ?? 5_000,
    });
  }
  const response = { status, headers, body: data };
  if (status === 429) return rateLimited("log in", response, redact);
  if (status >= 500 || status === 408) return unexpected("log in", response, redact);
  return new VendorError({
    outcome: "refused",
    code: "GENESYS_LOGIN_REFUSED",
    what: "Genesys refused the log-in of the OAuth client.",
    evidence,
    next: "Check GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET (or genesysClientId and genesysClientSecret), that the client's grant is client credentials, and the region. A refresh uses the configuration of the last up, unless it is given --run-program.",
  });
}

/** What is known of a request that did not succeed, and why. */
export function errorFrom(
  mode: Mode,
  step: string,
  rejection: unknown,
  apiUrl: string,
  redact: Redact,
): Error {
  if (rejection instanceof CodedError) return rejection;
  if (rejection instanceof FlawedAnswer) return flawed(step, rejection);
  if (typeof rejection === "string")
    return new TypeError(`The request to ${step} lacks an argument: ${rejection}`);
  const response = rejection as ExtendedResponse;
  if (typeof response?.status !== "number" || response.headers === undefined)
    return unreachable(step, rejection, apiUrl);
  return refused(mode, step, response, redact);
}

function refused(mode: Mode, step: string, response: ExtendedResponse, redact: Redact): VendorError {
  const { status } = response;
  if (status === 429) return rateLimited(step, response, redact);
  const isJson = typeof response.body === "object" && response.body !== null;
  if (!isJson || status >= 500 || status === 408) return unexpected(step, response, redact);
  const body = readErrorBody(response.body, redact);
  // A gateway's own 404 proves nothing; the vendor's names a code and the request.
  if (status === 404 && !body.contextId && !/not\.found/.test(body.code ?? "")) {
    return unexpected(step, response, redact);
  }
  const evidence = evidenceOf(status, body);
  if (status === 401) {
    return new VendorError({
      outcome: "refused",
      code: "GENESYS_TOKEN_REFUSED",
      what: `Genesys does not accept the access token, also after a new log-in, to ${step}.`,
      evidence,
      next: "Check that the OAuth client belongs to this region and is active.",
    });
  }
  if (status === 403) {
    return new VendorError({
      outcome: "refused",
      code: "GENESYS_PERMISSION_MISSING",
      what: `The OAuth client may not ${step}.`,
      evidence,
      next: "Give the client a role with the permissions named by Genesys; docs/ lists those that each member needs.",
    });
  }
  if (mode === "remove" && isInUse(status, body)) return inUse(step, evidence);
  return new VendorError({
    outcome: outcomeOf(status, body),
    code: status === 404 ? "GENESYS_NOT_FOUND" : "GENESYS_REQUEST_REFUSED",
    what: `Genesys refused to ${step}.`,
    evidence,
    next: "Read what Genesys says above; if it is no help, its support needs the contextId.",
  });
}

/** No source tells how Genesys says it, or whether it minds at all. */
function isInUse(status: number, { message = "" }: ErrorBody): boolean {
  return (status === 400 || status === 409) && /\b(in use|used by|referenced|depend)/i.test(message);
}

/** A conflict, since what used it may have gone a moment ago. */
function inUse(step: string, evidence: Evidence): VendorError {
  return new VendorError({
    outcome: "conflict",
    code: "GENESYS_IN_USE",
    what: `Genesys refused to ${step}, because another object uses it. Nothing was changed.`,
    evidence,
    next: "To make one member anew, take down those that use it too, and build all of them: `npx pulumi destroy --target '<URN of the member>' --target-dependents`, then `npx pulumi up`. If something outside of the stack uses it, point that elsewhere first.",
  });
}

/** Nothing happened, whoever says so: the vendor or a gateway before it. */
function rateLimited(step: string, response: ExtendedResponse, redact: Redact): VendorError {
  const body = readErrorBody(response.body, redact);
  return new VendorError({
    outcome: "rateLimited",
    code: "GENESYS_RATE_LIMIT",
    what: `Genesys limits the number of requests and refused to ${step}.`,
    evidence: evidenceOf(response.status, body),
    next: "Wait a minute and run the command again.",
    retryAfterMs: retryAfterMs(response.headers["retry-after"]),
  });
}

function outcomeOf(status: number, body: ErrorBody): Outcome {
  if (status === 404) return "notFound";
  // A stale version is answered as 409, or as 400 with this text (terraform-provider-genesyscloud, IsVersionMismatch).
  return status === 409 || /does not match the current version/i.test(body.message ?? "")
    ? "conflict"
    : "refused";
}

function evidenceOf(status: number, body: ErrorBody) {
  const details = (body.details ?? []).map((detail) =>
    [detail.errorCode, detail.fieldName].filter(Boolean).join(" "),
  );
  return {
    status,
    code: body.code,
    said: body.message ?? "",
    details: details.join("; "),
    contextId: body.contextId,
  };
}

export function unexpected(step: string, response: ExtendedResponse, redact: Redact): VendorError {
  const { message = "", contextId } = readErrorBody(response.body, redact);
  const isText = typeof response.body === "string";
  const said = isText ? beginningOf(String(response.body), redact, 80).replace(/\s+/g, " ") : message;
  return unusable(step, { status: response.status, said, contextId });
}

export function flawed(step: string, { property, rule }: FlawedAnswer): VendorError {
  return unusable(step, { property, rule });
}

/** A write may have happened, whatever its answer looks like. */
function unusable(step: string, evidence: Evidence): VendorError {
  return new VendorError({
    outcome: "unknown",
    code: "GENESYS_UNEXPECTED_ANSWER",
    what: `Genesys, or a proxy before it, gave no usable answer to the request to ${step}.`,
    evidence,
    next: "Run the command again; if it persists, look at the vendor's status page and at proxies in between.",
  });
}

/** Only code and host are told: the client's error object carries the credentials. */
export function unreachable(step: string, rejection: unknown, apiUrl: string): VendorError {
  const { code } = (rejection ?? {}) as { code?: string };
  if (code === "ERR_BAD_RESPONSE") return flawed(step, tooLong());
  return new VendorError({
    outcome: "unknown",
    code: "GENESYS_UNREACHABLE",
    what: `No answer from Genesys to the request to ${step}.`,
    // The client gives up by itself at the same time limit.
    evidence: { address: apiUrl, reason: code === undefined || code === "ERR_CANCELED" ? "no answer" : code },
    next: "Check the region or gateway URL, the network and proxy settings; for the sandbox, that `npm run sandbox` is running.",
  });
}
