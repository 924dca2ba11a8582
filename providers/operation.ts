import { AsyncLocalStorage } from "node:async_hooks";
import { CodedError } from "./errors.ts";

/** How long a wait, or the repetition of a request, may take unless the program says otherwise. */
export const operationDeadlineMs = 5 * 60_000;

/** How long a whole call, with all its waits, may take unless the program says otherwise. */
export const callDeadlineMs = 60 * 60_000;

/** How long after its end a call is waited for: a write that is under way is answered in this time, or never. */
export const answerGraceMs = 40_000;

/** A timer cannot run longer; a limit of weeks is none. */
const longestTimerMs = 2 ** 31 - 1;

/** One call of the engine on one member: what ends it early, and who is told meanwhile. */
export interface Operation {
  /** Aborted by Ctrl-C or at the time limit; the reason is the error to throw. */
  readonly signal: AbortSignal;
  /** `<project>/<stack>` of the engine's call, where the host knows it: owners of the stack's own begin so. */
  readonly stack?: string;
  /** How long one wait may take, in milliseconds. */
  readonly patienceMs: number;
  /** The member's own, which the vendors are sent and may repeat: no error may show any part of them. */
  readonly secrets?: readonly string[];
  /** What is being done just now, for the error of a time limit: "read the integration". */
  readonly steps?: Set<string>;
  /** Shows what is waited for, on the member's own line, until the next text or the end. */
  tell(text: string): void;
  /** Shows a warning that stays; it begins with its code. */
  warn(text: string): void;
}

const unlimited: Operation = {
  signal: new AbortController().signal,
  patienceMs: operationDeadlineMs,
  tell: () => undefined,
  warn: () => undefined,
};

const operations = new AsyncLocalStorage<Operation>();

/** The operation that the running code belongs to; one without limits where there is none. */
export function operation(): Operation {
  return operations.getStore() ?? unlimited;
}

/** Runs all of a call, waits and requests included, as part of an operation. */
export function within<T>(present: Operation, call: () => Promise<T>): Promise<T> {
  return operations.run(present, call);
}

/** Does something that the error of a time limit is to name. */
export async function during<T>(step: string, work: () => Promise<T>): Promise<T> {
  const { steps } = operation();
  steps?.add(step);
  try {
    return await work();
  } finally {
    steps?.delete(step);
  }
}

/** Work that serves other operations too, such as a log-in: it goes on when the one that began it ends. */
export function forAll<T>(work: () => Promise<T>): Promise<T> {
  const { tell, warn, steps } = operation();
  return operations.run({ ...unlimited, tell, warn, ...(steps && { steps }) }, work);
}

/** What the work results in, or the reason for which the operation ended first. */
export async function unlessEnded<T>(work: Promise<T>): Promise<T> {
  const { signal } = operation();
  const ended = Promise.withResolvers<never>();
  const end = () => ended.reject(signal.reason);
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/**
 * Runs a whole call so that it ends, whatever it waits for: at the limit its waits are ended, and where even that does
 * not help, the reason is its result.
 * @param milliseconds the limit
 */
export async function limited<T>(
  milliseconds: number,
  present: Operation,
  call: () => Promise<T>,
  graceMs = answerGraceMs,
): Promise<T> {
  const limit = new AbortController();
  const steps = new Set<string>();
  const signal = AbortSignal.any([present.signal, limit.signal]);
  const overdue = Promise.withResolvers<never>();
  const later = (delay: number, act: () => void) => setTimeout(act, Math.min(delay, longestTimerMs));
  const timers = [later(milliseconds, () => limit.abort(timedOut(milliseconds, [...steps])))];
  const end = () => timers.push(later(graceMs, () => overdue.reject(signal.reason)));
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  try {
    return await Promise.race([within({ ...present, signal, steps }, call), overdue.promise]);
  } finally {
    signal.removeEventListener("abort", end);
    for (const timer of timers) clearTimeout(timer);
  }
}

const isKnown = "what was made is recorded, or found by its owner's mark";

/** A person pressed Ctrl-C. */
export function cancelled(): CodedError {
  return new CodedError({
    code: "OPERATION_CANCELLED",
    what: "The operation was cancelled.",
    next: `Run the same command again, \`up\` as \`pulumi up --refresh\`: ${isKnown}.`,
  });
}

/**
 * The time that the resource option `customTimeouts` gives the operation, or the usual limit, is over.
 * @param steps what was under way
 */
export function timedOut(milliseconds: number, steps: readonly string[] = []): CodedError {
  return new CodedError({
    code: "OPERATION_TIMED_OUT",
    what: `The operation did not end within ${milliseconds / 1000} s, its time limit.`,
    evidence: { "under way": steps.join("; ") },
    next: `Run the same command again, \`up\` as \`pulumi up --refresh\`: ${isKnown}. If this is usual, allow more by the resource option customTimeouts.`,
  });
}
