import { clock } from "./clock.ts";
import { CodedError, hasOutcome, type VendorError } from "./errors.ts";
import { during, operation, unlessEnded } from "./operation.ts";

/** A point in time by which something must be done. */
export class Deadline {
  readonly milliseconds: number;
  readonly #end: number;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
    this.#end = clock().now() + milliseconds;
  }

  get passedMs(): number {
    return clock().now() - this.#end + this.milliseconds;
  }

  get remainingMs(): number {
    return Math.max(0, this.#end - clock().now());
  }
}

/** How long one request may take. */
export const requestDeadlineMs = 30_000;

const readAttempts = 5;

/**
 * Ends the waiting for a request, whatever its client does: both vendors' clients limit the time to the headers or
 * between two bytes, not that of the whole answer. When the operation ends, reads end at once; a write that is under
 * way is still waited for, since its answer tells what was made.
 */
export async function withDeadline<T>(
  mode: "read" | "write",
  request: Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(onTimeout()), clock().limit(requestDeadlineMs));
  });
  try {
    const answered = Promise.race([request, late]);
    return await (mode === "read" ? unlessEnded(answered) : answered);
  } finally {
    clearTimeout(timer);
  }
}

/** Pauses; rejects at once when the operation ends. */
function pause(milliseconds: number): Promise<void> {
  return unlessEnded(clock().pause(milliseconds));
}

/**
 * Runs a request and repeats it only where that cannot do harm: reads after anything that was not an
 * answer, writes after a rate limit alone (the vendor says that nothing happened).
 */
export async function repeatSafely<T>(
  mode: "read" | "write",
  attempt: () => Promise<T>,
  patienceMs = operation().patienceMs,
): Promise<T> {
  const deadline = new Deadline(patienceMs);
  const met = { rateLimited: 0, unknown: 0 };
  for (;;) {
    operation().signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!hasOutcome(error, "rateLimited", "unknown")) throw error;
      const tries = ++met[error.outcome as keyof typeof met];
      // A rate limit says nothing of whether a read will be answered: it uses up none of its attempts.
      if (error.outcome === "unknown" && (mode === "write" || tries === readAttempts)) throw error;
      const wait = error.retryAfterMs ?? backOffMs(tries);
      if (wait > deadline.remainingMs) throw error;
      operation().tell(repetition(error, wait));
      await pause(wait);
    }
  }
}

function repetition({ code, what }: VendorError, waitMs: number): string {
  return `${code}: ${what} Again in ${Math.ceil(waitMs / 1000)} s.`;
}

/** Pauses before another try: 0.5 s after the first, then 1 s, 2 s ... */
export function backOff(tries: number): Promise<void> {
  return pause(backOffMs(tries));
}

/** 0.5 s, 1 s, 2 s ... 8 s, each up to a quarter longer so that parallel callers spread out. */
function backOffMs(tries: number): number {
  return Math.min(500 * 2 ** (tries - 1), 8_000) * (1 + Math.random() / 4);
}

export interface Wait<T> {
  /** What is waited for, for the error: "integration 1234 to become ACTIVE". */
  what: string;
  look: () => Promise<T>;
  done: (seen: T) => boolean;
  /** The vendor's word for the present state, for the error. */
  state: (seen: T) => string;
  deadlineMs?: number;
}

/** Looks again and again, at growing intervals from 0.15 s to 5 s, until `done`. */
export function waitFor<T>(wait: Wait<T>): Promise<T> {
  return during(`wait for ${wait.what}`, () => lookUntil(wait));
}

async function lookUntil<T>({
  what,
  look,
  done,
  state,
  deadlineMs = operation().patienceMs,
}: Wait<T>): Promise<T> {
  const deadline = new Deadline(deadlineMs);
  const began = performance.now();
  for (let interval = 150; ; interval = Math.min(interval * 1.6, 5_000)) {
    await pause(interval);
    const seen = await look();
    if (done(seen)) return seen;
    const seconds = Math.round((performance.now() - began) / 1000);
    operation().tell(`Waiting for ${what}: ${state(seen)} (${seconds} s)`);
    if (deadline.remainingMs < interval) {
      throw new CodedError({
        code: "WAIT_TIMED_OUT",
        what: `Waited ${Math.round(deadlineMs / 1000)} s for ${what}.`,
        evidence: { "last state": state(seen) },
        next: "Run `pulumi up` again: what was made is recorded and will be completed.",
      });
    }
  }
}

/** Whether something has been so at every look for two seconds: a state may still be that from before a write. */
export function lasting(): (isSo: boolean) => boolean {
  let since: number | undefined;
  return (isSo) => {
    since = isSo ? (since ?? clock().now()) : undefined;
    return since !== undefined && clock().now() - since >= 2_000;
  };
}

/** Looks until the object cannot be found any more. */
export async function waitUntilGone(what: string, look: () => Promise<unknown>): Promise<void> {
  await waitFor({
    what: `${what} to disappear after its deletion`,
    look,
    done: (seen) => seen === undefined,
    state: () => "still there",
  });
}
