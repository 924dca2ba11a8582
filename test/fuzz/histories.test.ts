import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { histories } from "./arbitraries.ts";
import { BrokenPromise, type History, live } from "./history.ts";
import { startWorld } from "./world.ts";

const world = await startWorld();
afterAll(world.stop);

const folder = join(import.meta.dirname, "cases");

describe("lives that once broke a promise", () => {
  test.each(readdirSync(folder))("%s", async (file) => {
    await live(world, JSON.parse(readFileSync(join(folder, file), "utf8")) as History);
  });
});

// The same few at every run; `npm run fuzz` lives through thousands of others.
test("random lives keep every promise", { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(histories, async (history) => {
      await live(world, history);
    }),
    { numRuns: 25, seed: 7 },
  ),
);

test("a set that is not what its program says is noticed", async () => {
  const { faults } = world.sandbox;
  const { allOff } = faults;
  // An orphan that is made while nobody looks.
  faults.allOff = () => {
    allOff.call(faults);
    const { credentials } = world.sandbox.genesys.store.state;
    const [any] = Object.values(credentials);
    if (any) credentials.orphan = { ...any, id: "orphan" };
  };
  try {
    await expect(live(world, { foreignObjects: false, steps: [] })).rejects.toThrow(BrokenPromise);
  } finally {
    faults.allOff = allOff;
  }
});

test("a version that is published twice is noticed", async () => {
  const { faults, genesys } = world.sandbox;
  const end = faults.accompany({
    after(answer, { path }) {
      if (!path.endsWith("/publish")) return answer;
      for (const { published } of Object.values(genesys.store.state.configurations))
        published.push(structuredClone(published.slice(-1)[0] as (typeof published)[number]));
      return answer;
    },
  });
  try {
    await expect(live(world, { foreignObjects: false, steps: [] })).rejects.toThrow(/same as that before it/);
  } finally {
    end();
  }
});
