import type { Check } from "./check.ts";

/** What the sign-ins around a cure show. */
export interface Cure {
  /** How many sign-ins failed before it, without one that worked. */
  failed: number;
  /** From the beginning of the first to the end of the last of them, in milliseconds. */
  failedForMs: number;
  /** From the end of the last failure to the end of the first success, in milliseconds. */
  gapMs: number;
  /** How many still failed after the step that cured. */
  failedAfter: number;
  /** How many worked after it, one after the other. */
  worked: number;
  /** Had the fault ended by itself at any moment of all this time, it was one in the gap by a chance of 1 in so many. */
  coincidence: number;
}

/** The cure at the end of these checks; undefined when there is none, or nothing failed before. Pure. */
export function cureOf(checks: readonly Check[]): Cure | undefined {
  const after = checks.at(-1);
  const before = checks.slice(0, -1);
  const [first, last] = [before[0], before.at(-1)];
  if (!after?.ok || after.worksSince === undefined || first === undefined || last === undefined)
    return undefined;
  if (before.some(({ ok }) => ok)) return undefined;
  const failedForMs = Date.parse(last.at) - Date.parse(first.began);
  const gapMs = Date.parse(after.worksSince) - Date.parse(last.at);
  return {
    failed: before.reduce((sum, { failures }) => sum + failures, 0),
    failedForMs,
    gapMs,
    failedAfter: after.failures,
    worked: after.inARow,
    coincidence: Math.max(1, Math.floor((failedForMs + gapMs) / Math.max(1, gapMs))),
  };
}
