import { setTimeout as pause } from "node:timers/promises";
import type { PageContract } from "../../components/pageContract.ts";
import { Deadline } from "../../providers/waiting.ts";
import { checkSignIn, isWorthRepeating, type SignInVerdict } from "./check.ts";
import type { SignInOptions } from "./signIn.ts";
import { isPerson, type Visitor } from "./visitor.ts";

export interface PatientSignInOptions extends SignInOptions {
  /** How long sign-ins that fail are repeated, in milliseconds. The last one may end later. */
  withinMs: number;
  /** So many sign-ins must fail until a failure is believed, also when the time is over. Default: 1. */
  failures?: number;
  /** So many sign-ins must work one after the other: a fault may come and go. Default: 1. */
  inARow?: number;
  /** Called after each attempt; `nextInMs` is missing after the last. */
  onAttempt?: (attempt: Attempt) => void;
  /**
   * First pause, doubled after each attempt up to `longestPauseMs`. Default: 1 second, up to 30; 20 seconds, up to 2
   * minutes, for a person, who has to do something each time.
   */
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

const pausesOfAccount = { pauseMs: 1_000, longestPauseMs: 30_000 };
const pausesOfPerson = { pauseMs: 20_000, longestPauseMs: 120_000 };

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
  const usual = isPerson(visitor) ? pausesOfPerson : pausesOfAccount;
  const { withinMs, failures = 1, inARow = 1, onAttempt, pauseMs, longestPauseMs } = { ...usual, ...options };
  const deadline = new Deadline(withinMs);
  let [failed, worked] = [0, 0];
  for (let number = 1; ; number++) {
    const verdict = await checkSignIn(contract, visitor, options);
    const afterMs = Math.round(deadline.passedMs);
    if (verdict.ok) worked++;
    else failed++;
    // A failure that says nothing about the set does not interrupt the row either.
    if (!verdict.ok && verdict.tried) worked = 0;
    const nextInMs = Math.min(verdict.ok ? pauseMs : pauseMs * 2 ** (failed - 1), longestPauseMs);
    const isBelieved = failed >= failures && nextInMs >= deadline.remainingMs;
    const isLast = verdict.ok ? worked >= inARow : !isWorthRepeating(verdict) || isBelieved;
    onAttempt?.({ number, verdict, afterMs, ...(!isLast && { nextInMs }) });
    if (isLast) return { ...verdict, attempts: number, tookMs: afterMs };
    const { signal } = options;
    await pause(nextInMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}
