import { FlawedAnswer } from "../answers.ts";
import { CodedError, type Evidence, hasOutcome, type Outcome, VendorError } from "../errors.ts";
import { beginningOf, type Redact } from "../redaction.ts";
import type { SaveResult } from "./metadataApi.ts";
import { TooManyRequests } from "./transport.ts";

/** jsforce's names for an error, without the SOAP namespace prefix. */
export function errorCodeOf(rejection: unknown): string | undefined {
  const { errorCode, name } = (rejection ?? {}) as { errorCode?: unknown; name?: unknown };
  const code = [errorCode, name].find((text) => typeof text === "string") as string | undefined;
  return code?.replace(/^\w+:/, "");
}

/** What is known of a request that did not succeed, and why. */
export function errorFrom(step: string, rejection: unknown, instanceUrl: string, redact: Redact): CodedError {
  if (rejection instanceof CodedError) return rejection;
  if (rejection instanceof FlawedAnswer) {
    return unusable(step, { property: rejection.property, rule: rejection.rule });
  }
  if (rejection instanceof TooManyRequests) return tooManyRequests(step, rejection);
  const code = errorCodeOf(rejection);
  if (code === undefined || isTransport(rejection, code)) return unreachable(step, rejection, instanceUrl);
  // What the client says of an answer that it cannot read may have parts of it.
  if (/^(Type|Syntax|Range)?Error$/.test(code)) return unusable(step, { error: code });
  const evidence = told(code, String((rejection as Error).message), redact);
  // A 404 that is not in the vendor's own form comes from something in between, and proves nothing.
  if (/^ERROR_HTTP_|^UNKNOWN_EXCEPTION$|^SERVER_UNAVAILABLE$|^REQUEST_TIMEOUT$/.test(code))
    return unusable(step, evidence);
  return coded(step, code, evidence);
}

/** A write may have happened, whatever its answer looks like. */
function unusable(step: string, evidence: Evidence): VendorError {
  return new VendorError({
    outcome: "unknown",
    code: "SALESFORCE_UNEXPECTED_ANSWER",
    what: `Salesforce, or a proxy before it, gave no usable answer to the request to ${step}.`,
    evidence,
    next: "Run the command again; if it persists, look at the vendor's status page and at proxies in between.",
  });
}

/** By the org, or by a gateway before it. */
function tooManyRequests(step: string, { body, retryAfterMs }: TooManyRequests): VendorError {
  const isOfOrg = /\bREQUEST_LIMIT_EXCEEDED\b/.test(body);
  const evidence = { status: 429, error: isOfOrg ? "REQUEST_LIMIT_EXCEEDED" : undefined };
  if (isOfOrg) return requestLimit(step, evidence, retryAfterMs);
  return new VendorError({
    outcome: "rateLimited",
    code: "SALESFORCE_RATE_LIMIT",
    what: `Salesforce, or a proxy before it, limits the number of requests and refused to ${step}.`,
    evidence,
    next: "Wait a minute and run the command again.",
    retryAfterMs,
  });
}

function requestLimit(step: string, evidence: Evidence, retryAfterMs?: number): VendorError {
  return new VendorError({
    outcome: "rateLimited",
    code: "SALESFORCE_REQUEST_LIMIT",
    what: `The org's request limit is used up; Salesforce refused to ${step}.`,
    evidence,
    next: "Look at the org's API usage; wait, or raise the limit, and run the command again.",
    retryAfterMs,
  });
}

function coded(step: string, code: string, evidence: { error: string; said: string }): VendorError {
  if (code === "REQUEST_LIMIT_EXCEEDED") return requestLimit(step, evidence);
  if (code === "UNABLE_TO_LOCK_ROW") {
    return new VendorError({
      outcome: "rateLimited",
      code: "SALESFORCE_RECORD_LOCKED",
      what: `Somebody else is changing the record; Salesforce refused to ${step}.`,
      evidence,
      next: "Run the command again.",
    });
  }
  if (code === "INVALID_SESSION_ID") {
    return new VendorError({
      outcome: "refused",
      code: "SALESFORCE_TOKEN_REFUSED",
      what: `Salesforce does not accept the access token to ${step}.`,
      evidence,
      next: "Give a fresh SALESFORCE_ACCESS_TOKEN, or use JWT bearer or client credentials, which renew themselves.",
    });
  }
  if (/^(INSUFFICIENT_ACCESS|API_DISABLED_FOR_ORG|INSUFFICIENT_)/.test(code)) {
    return new VendorError({
      outcome: "refused",
      code: "SALESFORCE_PERMISSION_MISSING",
      what: `The user may not ${step}.`,
      evidence,
      next: "Give the user API Enabled, Modify Metadata Through Metadata API Functions, and Create, edit, and delete External Client Apps.",
    });
  }
  return new VendorError({
    outcome: outcomeOf(code),
    code: code === "NOT_FOUND" ? "SALESFORCE_NOT_FOUND" : "SALESFORCE_REQUEST_REFUSED",
    what: `Salesforce refused to ${step}.`,
    evidence,
    next: "Read what Salesforce says above and correct the input it names.",
  });
}

function outcomeOf(code: string): Outcome {
  if (code === "NOT_FOUND") return "notFound";
  // What a read or a list did not show yet is there: to be read again, and changed instead of made.
  return code.startsWith("DUPLICATE_") ? "conflict" : "refused";
}

/** Metadata calls answer 200 and tell the failure of each component inside. */
export function componentRefused(step: string, { errors }: SaveResult, redact: Redact): VendorError {
  const code = errors[0]?.statusCode ?? "UNKNOWN";
  const said = errors.map(({ message }) => message).join("; ");
  return coded(step, code, told(code, said, redact));
}

/** What Salesforce says, in a length that can be shown. */
export function told(code: string, said: string, redact: Redact) {
  return { error: beginningOf(code, redact, 100), said: beginningOf(said, redact, 400) };
}

/**
 * The error of a request that asked for no object by its own address: "not found" is then said of something else, such
 * as the API as a whole, and proves nothing of any object.
 */
export function provingNothing(error: unknown): unknown {
  if (!hasOutcome(error, "notFound")) return error;
  const { what, evidence, next } = error;
  return new VendorError({ outcome: "refused", code: "SALESFORCE_REQUEST_REFUSED", what, evidence, next });
}

/** Nothing was heard: a code of the system or of the client's library, or a time limit. */
function isTransport(rejection: unknown, code: string): boolean {
  return (
    /^(E[A-Z]+|UND_ERR_\w+|AbortError|TimeoutError|FetchError)$/.test(code) ||
    reasonOf(rejection) !== undefined ||
    !(rejection instanceof Error)
  );
}

function reasonOf(rejection: unknown): string | undefined {
  const { code, cause } = (rejection ?? {}) as { code?: string; cause?: { code?: string } };
  return code ?? cause?.code;
}

/** Only code and host are told: the client's error object may carry the credentials. */
export function unreachable(step: string, rejection: unknown, instanceUrl: string): VendorError {
  return new VendorError({
    outcome: "unknown",
    code: "SALESFORCE_UNREACHABLE",
    what: `No answer from Salesforce to the request to ${step}.`,
    evidence: { address: instanceUrl, reason: reasonOf(rejection) ?? "no answer" },
    next: "Check the instance URL, the network and proxy settings; for the sandbox, that `npm run sandbox` is running.",
  });
}
