import type { Connections } from "authenticated-messaging-providers/connections.ts";
import { anything } from "authenticated-messaging-providers/genesys/answers.ts";
import type { GenesysConnection } from "authenticated-messaging-providers/genesys/connection.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { genesysClient } from "../../sandbox/accounts.ts";
import { startWorld, type World } from "../fuzz/world.ts";
import { type BadAnswer, BadAnswers } from "./badAnswers.ts";
import { type Cell, Situations } from "./cells.ts";
import { startWay, type Way } from "./way.ts";

/** Breaks that answers are checked: what a member would get of a connection that believes them, or takes them wrongly. */
type Sabotage = (genesys: GenesysConnection) => Partial<GenesysConnection>;

/** For good: a second look finds what was gone for one. */
const goneWhenMalformed: Sabotage = (genesys) => {
  const gone = new Set<string>();
  return {
    async readUnlessGone(step, shape, request) {
      const answer = await genesys.readUnlessGone(step, anything, request);
      if (!shape.safeParse(answer).success) gone.add(step);
      return gone.has(step) ? undefined : answer;
    },
  };
};

/** A connection that does something else when the answer to a write is malformed. */
const whenMalformed =
  (instead: (again: () => Promise<unknown>) => unknown): Sabotage =>
  (genesys) => ({
    async write(step, shape, request) {
      const answer = await genesys.write(step, anything, request);
      if (shape.safeParse(answer).success) return answer;
      return (await instead(() => genesys.write(step, shape, request))) as typeof answer;
    },
  });

const secretsTold = whenMalformed(() => {
  throw new Error(`GENESYS_ODD: It was ${genesysClient.clientSecret}.\n  next: Try again.`);
});
const withoutCode = whenMalformed(() => {
  throw new TypeError("Cannot read properties of undefined");
});
const repeatedBlindly = whenMalformed((again) => again());

let world: World;
let way: Way;
beforeAll(async () => {
  world = await startWorld();
  way = await startWay(world.sandbox);
});
afterAll(() => Promise.all([world.stop(), way.stop()]));

function sabotaged(connections: Connections, sabotage: Sabotage): Connections {
  const genesys = connections.genesys();
  return { ...connections, genesys: () => ({ ...genesys, ...sabotage(genesys) }) };
}

/** What is noticed when each answer to the operation in turn is an empty object. */
async function noticed(cell: Cell, sabotage: Sabotage): Promise<string[]> {
  const broken = { ...world, connect: (at = world.sandbox) => sabotaged(world.connect(at), sabotage) };
  const vendors = new BadAnswers(way, await Situations.of(broken));
  const problems: string[] = [];
  for (let answer = 0; answer < 6; answer++) {
    const bad: BadAnswer = { ...cell, answer, place: 0, mutation: "empty" };
    await vendors.give(bad).catch((error: Error) => problems.push(error.message));
  }
  return problems;
}

describe("bad answers show a product that is broken:", () => {
  const creation: Cell = { member: "integration", operation: "create" };

  test.each<[string, Cell, Sabotage, RegExp]>([
    ["one that takes them for gone", { ...creation, operation: "read" }, goneWhenMalformed, /taken for gone/],
    ["one whose errors have no code", creation, withoutCode, /An error without a code: .*Cannot read prop/],
    ["one that tells secrets", creation, secretsTold, /A secret in an error/],
    ["one that repeats writes blindly", creation, repeatedBlindly, /Not settled: .*"integrations":2/],
  ])("%s", async (_what, cell, sabotage, expected) => {
    expect(await noticed(cell, sabotage)).toContainEqual(expect.stringMatching(expected));
    expect(await noticed(cell, () => ({}))).toEqual([]);
  });
});
