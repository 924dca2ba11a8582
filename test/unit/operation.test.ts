import { VendorError } from "authenticated-messaging-providers/errors.ts";
import {
  cancelled,
  forAll,
  limited,
  type Operation,
  operation,
  operationDeadlineMs,
  timedOut,
  within,
} from "authenticated-messaging-providers/operation.ts";
import { repeatSafely, waitFor, withDeadline } from "authenticated-messaging-providers/waiting.ts";
import { beforeEach, describe, expect, it } from "vitest";

let ending: AbortController;
let told: string[];
let present: Operation;

beforeEach(() => {
  ending = new AbortController();
  told = [];
  present = {
    signal: ending.signal,
    patienceMs: operationDeadlineMs,
    tell: (text) => told.push(text),
    warn: (text) => told.push(text),
  };
});

const never = new Promise<never>(() => undefined);
const busy = () =>
  new VendorError({
    outcome: "rateLimited",
    code: "BUSY",
    what: "Busy.",
    next: "Wait.",
    retryAfterMs: 60_000,
  });

describe("an operation that ends early", () => {
  it("ends a pause between two requests at once, and says why", async () => {
    const waiting = within(present, () => repeatSafely("write", () => Promise.reject(busy())));
    await expect.poll(() => told).toEqual(["BUSY: Busy. Again in 60 s."]);
    ending.abort(cancelled());
    await expect(waiting).rejects.toThrow(/^OPERATION_CANCELLED: [\s\S]*next: Run the same command again/);
  });

  it("ends a wait for a state at once", async () => {
    const look = async () => "ACTIVATING";
    const waiting = within(present, () =>
      waitFor({ what: "the thing to become ACTIVE", look, done: () => false, state: (seen) => seen }),
    );
    await expect.poll(() => told).toContain("Waiting for the thing to become ACTIVE: ACTIVATING (0 s)");
    ending.abort(timedOut(2_000));
    await expect(waiting).rejects.toThrow(/^OPERATION_TIMED_OUT: .* within 2 s, its time limit/);
  });

  it("ends a read that is under way, and waits for the answer of a write", async () => {
    const reading = within(present, () => withDeadline("read", never, () => new Error("late")));
    const answer = Promise.withResolvers<string>();
    const writing = within(present, () => withDeadline("write", answer.promise, () => new Error("late")));
    ending.abort(cancelled());
    await expect(reading).rejects.toThrow("OPERATION_CANCELLED");
    answer.resolve("made");
    expect(await writing).toBe("made");
  });

  it("repeats a read as often after rate limits as without them", async () => {
    const outcomes = [...Array(6).fill("rateLimited"), ...Array(4).fill("unknown")];
    const attempt = async () => {
      const outcome = outcomes.shift();
      if (outcome === undefined) return "answer";
      throw new VendorError({ outcome, code: "BUSY", what: "Busy.", next: "Wait.", retryAfterMs: 0 });
    };
    expect(await within(present, () => repeatSafely("read", attempt))).toBe("answer");
    outcomes.push(...Array(5).fill("unknown"));
    await expect(within(present, () => repeatSafely("read", attempt))).rejects.toThrow("BUSY");
  });

  it("sends no further request", async () => {
    ending.abort(cancelled());
    const request = within(present, () => repeatSafely("read", () => Promise.resolve("sent")));
    await expect(request).rejects.toThrow("OPERATION_CANCELLED");
  });

  it("does not end what others wait for too", async () => {
    const shared = within(present, () => forAll(async () => operation().signal));
    ending.abort(cancelled());
    expect((await shared).aborted).toBe(false);
  });
});

it("code outside any operation has no limits but its own", () => {
  expect(operation().signal.aborted).toBe(false);
  expect(operation().patienceMs).toBe(operationDeadlineMs);
});

describe("a call that never settles", () => {
  it("names what was under way at its limit", async () => {
    const look = async () => "ACTIVATING";
    const call = limited(300, present, () =>
      waitFor({ what: "the thing to become ACTIVE", look, done: () => false, state: (seen) => seen }),
    );
    await expect(call).rejects.toThrow(
      /^OPERATION_TIMED_OUT: .*under way wait for the thing to become ACTIVE/s,
    );
  });

  it("ends some time after its limit, with the limit as the reason", async () => {
    const call = limited(1, present, () => never, 1);
    await expect(call).rejects.toThrow(/^OPERATION_TIMED_OUT: /);
  });

  it("ends some time after Ctrl-C, also when that was before it began", async () => {
    const call = limited(60_000, present, () => never, 1);
    ending.abort(cancelled());
    await expect(call).rejects.toThrow(/^OPERATION_CANCELLED: /);
    await expect(limited(60_000, present, () => never, 1)).rejects.toThrow(/^OPERATION_CANCELLED: /);
  });

  it.each([Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY])(
    "has time with a limit longer than any timer: %d",
    async (milliseconds) => {
      const answer = async () => {
        await new Promise(setImmediate);
        operation().signal.throwIfAborted();
        return "answer";
      };
      await expect(limited(milliseconds, present, answer)).resolves.toBe("answer");
    },
  );
});
