import { setTimeout as pause } from "node:timers/promises";
import { CodedError, type Evidence, VendorError } from "../providers/errors.ts";

/** The longest that one answer may take unless the caller says otherwise, in milliseconds. */
export const answerDeadlineMs = 20_000;

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
 * @param deadlineMs the longest that one answer may take
 * @throws VendorError SIGN_IN_NO_ANSWER
 */
export function sender(signal: AbortSignal | undefined, deadlineMs = answerDeadlineMs): Send {
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

function noAnswer(url: URL | string, reason: string): VendorError {
  return new VendorError({
    outcome: "unknown",
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

/**
 * An answer of an API, not of a machine on the way to it: no web page, and no status that only asks for patience.
 *
 * @throws VendorError SIGN_IN_UNAVAILABLE
 */
export function ofApi(answer: Answer): Answer {
  const contentType = answer.headers.get("content-type") ?? "none";
  const isPage = /^text\/html\b/.test(contentType);
  if (!isPage && !isTooBusy(answer)) return answer;
  throw unavailable(answer, { "content type": contentType });
}

/**
 * Asks until the API itself answers, three times at most: for what must be done, and may be done twice.
 *
 * @returns `repeated` when an earlier request may have been done already
 * @throws CodedError SIGN_IN_NO_ANSWER, SIGN_IN_UNAVAILABLE
 */
export async function insistently(
  ask: () => Promise<Answer>,
): Promise<{ answer: Answer; repeated: boolean }> {
  for (let tries = 1; ; tries++) {
    try {
      return { answer: ofApi(await ask()), repeated: tries > 1 };
    } catch (error) {
      if (tries === 3 || !(error instanceof CodedError)) throw error;
      await pause(500);
    }
  }
}

/** Statuses that say nothing about what was asked for: time limits, rate limits, faults of the server. */
export function isTooBusy({ status }: Pick<Answer, "status">): boolean {
  return status === 408 || status === 429 || status >= 500;
}

export function unavailable(
  { url, status, headers }: Pick<Answer, "url" | "status" | "headers">,
  more: Evidence,
): VendorError {
  return new VendorError({
    outcome: "unknown",
    code: "SIGN_IN_UNAVAILABLE",
    what: `${new URL(url).host} answered, but not what was asked: it is busy or down, or something on the way answers for it.`,
    evidence: {
      url: shownUrl(url),
      status,
      ...more,
      "retry after": headers.get("retry-after") ?? undefined,
    },
    next: "Try again in a few minutes; then look at the vendor's status page and at proxies on the way.",
  });
}

export function isSuccess({ status }: Pick<Answer, "status">): boolean {
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
