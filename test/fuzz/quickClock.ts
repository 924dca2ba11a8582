import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "authenticated-messaging-providers/clock.ts";

/** So many times quicker than the machine's own time. */
const quickness = 1_000;
/**
 * A clock by which pauses pass quickly and deadlines are as far away as ever.
 * @param quicknessOfLimits the machine does its work no quicker, so that what is under way gets more of its time
 * @param paused hears how long each pause is, in milliseconds of this clock
 */
export function quickClock(quicknessOfLimits = 50, paused?: (milliseconds: number) => void): Clock {
  let skipped = 0;
  return {
    now: () => performance.now() + skipped,
    async pause(milliseconds) {
      paused?.(milliseconds);
      const real = milliseconds / quickness;
      skipped += milliseconds - real;
      await pause(real);
    },
    limit: (milliseconds) => milliseconds / quicknessOfLimits,
  };
}
