import { retryAfterMs } from "authenticated-messaging-providers/retryAfter.ts";
import { expect, it } from "vitest";

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();

it("is told in seconds or as a date", () => {
  expect(retryAfterMs("120")).toBe(120_000);
  const untilDate = retryAfterMs(inSeconds(120));
  // A date has no parts of a second.
  expect(untilDate).toBeGreaterThan(110_000);
  expect(untilDate).toBeLessThanOrEqual(120_000);
});

it.each([undefined, null, "", "0", "-1", "1.5", "soon", "5, 5", "GMT", inSeconds(-60)])(
  "%j names no pause: the usual ones are kept",
  (header) => expect(retryAfterMs(header)).toBeUndefined(),
);
