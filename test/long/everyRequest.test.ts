import { describe, expect, test } from "vitest";
import { type Choice, crashAll } from "../crashes/campaign.ts";
import type { Victim } from "../crashes/victims.ts";
import { operations } from "../crashes/world.ts";

const all: Omit<Choice, "victim" | "stride"> = {
  operations,
  hosts: ["own", "stock"],
  moments: ["before", "after"],
  offset: 0,
};

/** Strides with which all of this takes 15 to 30 minutes; `npm run crashes` leaves nothing out. */
const strides: [Victim, stride: number][] = [
  ["provider-host", 5],
  ["language-host", 23],
  ["cli", 23],
  ["cli-terminated", 23],
  ["cli-interrupted", 23],
];

describe("at most two runs bring the set in order after a kill at any request", () => {
  test.each(strides)(
    "of the %s, every %i-th",
    async (victim, stride) => {
      const { outcomes, notReached } = await crashAll({ ...all, victim, stride });
      expect(outcomes.filter(({ problem }) => problem !== undefined)).toEqual([]);
      expect(notReached).toBeLessThan(outcomes.length / 10);
    },
    1_800_000,
  );
});
