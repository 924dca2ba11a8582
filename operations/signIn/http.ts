import { CodedError } from "../../providers/errors.ts";

/** The longest that one answer may take, in milliseconds. */
const deadlineMs = 20_000;

/** An answer, read to its end. */
export interface Answer {
  url: URL;
  status: number;
  headers: Headers;
  text: string;
}

/** Sends a request; a redirect is an answer like any other. */
export type Send = (url: URL | string, init?: RequestInit) => Promise<Answer>;

/**
 * Sends requests that each have a deadline, up to the last byte of the answer.
 *
 * @param signal ends a request under way; its reason is then thrown as it is
 * @throws CodedError SIGN_IN_NO_ANSWER
 */
export function sender(signal: AbortSignal | undefined): Send {
  return async (url, init) => {
    signal?.throwIfAborted();
    const deadline = AbortSignal.timeout(deadlineMs);
    const ended = signal ? AbortSignal.any([signal, deadline]) : deadline;
    try {
      const response = await fetch(url, { redirect: "manual", ...init, signal: ended });
      const { status, headers } = response;
      return { url: new URL(url), status, headers, text: await response.text() };
    } catch (error) {
      signal?.throwIfAborted();
      throw noAnswer(url, deadline.aborted ? `nothing within ${deadlineMs / 1_000} s` : reasonOf(error));
    }
  };
}

/** A URL as it may be shown: without its query, which can hold a code. */
export function shownUrl(url: URL | string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function noAnswer(url: URL | string, reason: string): CodedError {
  return new CodedError({
    code: "SIGN_IN_NO_ANSWER",
    what: `${new URL(url).host} did not answer.`,
    evidence: { url: shownUrl(url), reason },
    next: "See that this host is right and can be reached from here; for the sandbox, that `npm run sandbox` runs.",
  });
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || ("code" in cause ? String(cause.code) : cause.name);
}

export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** Undefined when the text is no JSON. */
export function jsonOf({ text }: Answer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
