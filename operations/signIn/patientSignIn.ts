import { setTimeout as pause } from "node:timers/promises";
import type { PageContract } from "../../components/pageContract.ts";
import { Deadline } from "../../providers/waiting.ts";
import { checkSignIn, isWorthRepeating, type SignInVerdict } from "./check.ts";
import type { SignInOptions } from "./signIn.ts";
import type { Visitor } from "./visitor.ts";

export interface PatientSignInOptions extends SignInOptions {
  /** How long sign-ins that fail are repeated, in milliseconds. The last one may end later. */
  withinMs: number;
  /** Called after each attempt; `nextInMs` is missing after the last. */
  onAttempt?: (attempt: Attempt) => void;
  /** First pause, doubled after each attempt up to `longestPauseMs`. Default: 1 second, up to 30. */
  pauseMs?: number;
  longestPauseMs?: number;
}

export interface Attempt {
  /** 1, 2, 3 ... */
  number: number;
  verdict: SignInVerdict;
  /** Since the first attempt began, in milliseconds. */
  afterMs: number;
  nextInMs?: number;
}

/** How the last attempt ended. */
export interface PatientVerdict extends SignInVerdict {
  attempts: number;
  /** From the beginning of the first attempt to the end of the last, in milliseconds. */
  tookMs: number;
}

/**
 * Signs in again and again, each time from the beginning, until it works or the time is over: what was just changed
 * may take minutes until it holds everywhere (Salesforce states 15 for a new client). A visitor who is not let in is
 * not repeated.
 */
export async function checkPatiently(
  contract: PageContract,
  visitor: Visitor,
  options: PatientSignInOptions,
): Promise<PatientVerdict> {
  const { withinMs, onAttempt, pauseMs = 1_000, longestPauseMs = 30_000, ...each } = options;
  const deadline = new Deadline(withinMs);
  for (let number = 1; ; number++) {
    const verdict = await checkSignIn(contract, visitor, each);
    const afterMs = Math.round(deadline.passedMs);
    const nextInMs = Math.min(pauseMs * 2 ** (number - 1), longestPauseMs);
    const isLast = !isWorthRepeating(verdict) || nextInMs > deadline.remainingMs;
    onAttempt?.({ number, verdict, afterMs, ...(!isLast && { nextInMs }) });
    if (isLast) return { ...verdict, attempts: number, tookMs: afterMs };
    await pause(nextInMs, undefined, { signal: each.signal }).catch(() => each.signal?.throwIfAborted());
  }
}
