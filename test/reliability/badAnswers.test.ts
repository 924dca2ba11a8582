import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, test } from "vitest";
import { startWorld, type World } from "../fuzz/world.ts";
import { type BadAnswer, BadAnswers, badAnswers } from "./badAnswers.ts";
import { Situations } from "./cells.ts";
import { startWay, type Way } from "./way.ts";

let world: World;
let way: Way;
let vendors: BadAnswers;
beforeAll(async () => {
  world = await startWorld();
  way = await startWay(world.sandbox);
  vendors = new BadAnswers(way, await Situations.of(world));
});
afterAll(() => Promise.all([world.stop(), way.stop()]));

const folder = join(import.meta.dirname, "badAnswers");

describe("answers that once broke a promise", () => {
  test.each(readdirSync(folder))("%s", async (file) => {
    await vendors.give(JSON.parse(readFileSync(join(folder, file), "utf8")) as BadAnswer);
  });
});

// The same few at every run; `npm run test:long` tries a thousand others.
test("a bad answer breaks no promise", { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(badAnswers, (bad) => vendors.give(bad)),
    { numRuns: 40, seed: 11 },
  ),
);
