import fc from "fast-check";
import { expect, test } from "vitest";
import { startWorld } from "../fuzz/world.ts";
import { BadAnswers, badAnswers } from "../reliability/badAnswers.ts";
import { Situations } from "../reliability/cells.ts";
import { startWay } from "../reliability/way.ts";

/** Others at every run; fast-check names the seed of what fails. */
const numRuns = 1_000;

test("a thousand bad answers break no promise", { timeout: 1_800_000 }, async () => {
  const world = await startWorld();
  const way = await startWay(world.sandbox);
  try {
    const vendors = new BadAnswers(way, await Situations.of(world));
    const result = await fc.check(
      fc.asyncProperty(badAnswers, (bad) => vendors.give(bad)),
      { numRuns },
    );
    expect(fc.defaultReportMessage(result)).toBeUndefined();
  } finally {
    await Promise.all([world.stop(), way.stop()]);
  }
});
