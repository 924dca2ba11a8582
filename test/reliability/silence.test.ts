import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorld, type World } from "../fuzz/world.ts";
import { cells, Situations, someFor } from "./cells.ts";
import { type Interference, type Passing, startWay, type Way } from "./way.ts";

/** Where the vendors do nothing, there is nothing to leave time for; the reads before a write need some. */
const quicknessOfLimits = (what: string) => (what === "no write is answered" ? 600 : 2_000);

let world: World;
let way: Way;
let situations: Situations;
beforeAll(async () => {
  world = await startWorld();
  way = await startWay(world.sandbox);
  situations = await Situations.of(world);
});
afterAll(() => Promise.all([world.stop(), way.stop()]));

const isLogIn = ({ path }: Passing) => path.endsWith("/token");
const isWrite = ({ method, operation }: Passing) =>
  operation === undefined ? method !== "GET" : !/^(read|list)/.test(operation);

const silences: Record<string, Interference> = {
  "nobody answers anything": () => "silence",
  "nobody answers after the log-in": (passing) => (isLogIn(passing) ? undefined : "silence"),
  "answers stop after their headers": (passing) => (isLogIn(passing) ? undefined : "headers"),
  "answers trickle for ever": (passing) => (isLogIn(passing) ? undefined : "trickle"),
  "no write is answered": (passing) => (isLogIn(passing) || !isWrite(passing) ? undefined : "silence"),
};

const kinds = Object.entries(silences);

describe.each(kinds)("when %s", (what, silence) => {
  test.each(cells.filter((cell) => someFor(cell, kinds).some(([kind]) => kind === what)))(
    "$operation of the $member ends, and says at which step",
    async (cell) => {
      way.interfere(silence);
      const attempt = situations.begin(cell);
      const before = attempt.everything();
      const error = await attempt.run(way, quicknessOfLimits(what));
      if (what === "no write is answered" && cell.operation === "read") return expect(error).toBeUndefined();
      expect(error?.message).toMatch(
        /^(GENESYS_UNREACHABLE|SALESFORCE_UNREACHABLE|DISCOVERY_UNUSABLE|OPERATION_TIMED_OUT): /,
      );
      expect(error?.message).toMatch(
        /request to (log in|read|list|find|create|write|update|set|publish|delete)|discovery|under way \w+/,
      );
      expect(error?.message).toContain("next: ");
      if (cell.operation === "read") expect(attempt.state.has(cell.member)).toBe(true);
      expect(attempt.everything()).toEqual(before);
    },
  );
});
