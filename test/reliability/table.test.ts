import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { choose } from "../../sandbox/assumption.ts";
import { salesforceAssumptions } from "../../sandbox/assumptions.ts";
import { startWorld, type World } from "../fuzz/world.ts";
import { cells, Situations } from "./cells.ts";
import { documented, rows, type Stage } from "./table.ts";
import { startWay, type Way } from "./way.ts";

let world: World;
let way: Way;
let stage: Stage;
beforeAll(async () => {
  // The harsher of what may be: a record that is not written as a whole loses the rest.
  const salesforce = choose(salesforceAssumptions, { updateOfOmittedFields: "reset" });
  world = await startWorld({ salesforce });
  way = await startWay(world.sandbox);
  const situations = await Situations.of(world);
  const sent: string[] = [];
  way.watch((request) => sent.push(request));
  const begin: Stage["begin"] = (cell) => {
    sent.length = 0;
    way.interfere(() => undefined);
    return situations.begin(cell);
  };
  stage = { world, way, situations, begin, sent };
});
afterAll(() => Promise.all([world.stop(), way.stop()]));

const proven = (row: (typeof rows)[number]) => cells.filter((cell) => row.excepted(cell) === undefined);

describe.each(rows)("$id", (row) => {
  test.each(proven(row))("$operation of the $member", async (cell) => {
    await row.prove(cell, stage);
  });
});

test("docs/reliability.md has the table", () => {
  const text = readFileSync(join(import.meta.dirname, "../../docs/reliability.md"), "utf8");
  expect(rows.map(documented).filter((row) => !text.includes(row))).toEqual([]);
});
