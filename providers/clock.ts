import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as pause } from "node:timers/promises";

/** The time that waits, back-offs and deadlines go by, in milliseconds. */
export interface Clock {
  /** Time since a moment that stays the same; never goes back. */
  now(): number;
  /** Waits for nothing but the time. */
  pause(milliseconds: number): Promise<void>;
  /** How long, by the machine's own time, something that is under way may take. */
  limit(milliseconds: number): number;
}

const systemClock: Clock = {
  now: () => performance.now(),
  pause: (milliseconds) => pause(milliseconds),
  limit: (milliseconds) => milliseconds,
};

const clocks = new AsyncLocalStorage<Clock>();

export function clock(): Clock {
  return clocks.getStore() ?? systemClock;
}

/** Whatever `run` begins goes by this clock: a test need not sit out the waits of minutes. */
export function withClock<T>(other: Clock, run: () => T): T {
  return clocks.run(other, run);
}
