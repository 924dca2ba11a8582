import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { visitor } from "../../sandbox/accounts.ts";
import { faults } from "../../sandbox/faults/index.ts";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { connectionsTo } from "../connections.ts";
import { foundIn, makeSet } from "../operations/diagnosis/set.ts";
import { twoOnTheWay } from "./onTheWay.ts";

const runs = 100;

/** Nothing but a sign-in shows these; where another fault keeps the visitor from a token they stay hidden. */
const seenByToken = faults
  .filter(({ kind, cause = "" }) => kind === "set" && /^A(9|1[1235-6]|2[3456])$/.test(cause))
  .map(({ name }) => name)
  .concat("id-token-left-out");
/** What cannot be looked at while something before it is broken: no document tells of it, no client is there. */
const hiddenBehind: Readonly<Record<string, readonly string[]>> = {
  "discovery-unreachable": ["client-authentication-unsupported", "iss-expected", "client-not-propagated"],
  "oauth-link-dangling": ["client-not-propagated"],
  // That the CDN has no file follows from these already.
  "sign-in-not-published": ["deployment-of-other-region"],
  "deployment-inactive": ["deployment-of-other-region"],
};
/** Found by no diagnosis of a page that keeps its contract. */
const unseen = [
  "auth-time-left-out",
  "subject-not-found",
  "guest-tokens-forgotten",
  "session-cookie-blocked",
];

let shared: Awaited<ReturnType<typeof makeSet>> & { sandbox: Sandbox };
beforeAll(async () => {
  const sandbox = await startSandbox({ limits: { requestsPerMinute: Infinity, loginsPerMinute: Infinity } });
  shared = { sandbox, ...(await makeSet(connectionsTo(sandbox))) };
  return () => sandbox.stop();
});
afterEach(() => shared.sandbox.faults.allOff());

test(`a healthy set has no finding in ${runs} runs with faults on the way`, {
  timeout: 30 * 60_000,
}, async () => {
  const { sandbox, diagnose } = shared;
  for (let seed = 1; seed <= runs; seed++) {
    const struck = twoOnTheWay(seed);
    for (const name of struck) sandbox.faults.on(name, { probability: 0.05, seed });
    const found = foundIn(await diagnose(seed % 2 === 0 ? { visitor } : {}));
    sandbox.faults.allOff();
    expect(found, `seed ${seed}, ${[...struck].join(", ")}`).toEqual([]);
  }
});

describe("two faults at once", () => {
  const ofSet = faults.filter(({ kind, name }) => kind === "set" && !unseen.includes(name));
  const pairs = ofSet.flatMap((first, index) =>
    ofSet.slice(index + 1).map((second) => [first, second] as const),
  );

  test(`of ${pairs.length} pairs no third cause is named, and none is missed that needs no token`, {
    timeout: 30 * 60_000,
  }, async () => {
    const { sandbox, diagnose } = shared;
    const wrong: string[] = [];
    for (const pair of pairs) {
      const names = pair.map(({ name }) => name);
      for (const name of names) sandbox.faults.on(name);
      const found = foundIn(await diagnose({ visitor }));
      sandbox.faults.allOff();
      const explains = (one: string, cause: string | undefined) => one.split(" or ").includes(String(cause));
      const missed = pair.filter(({ cause }) => !found.some((one) => explains(one, cause)));
      const third = found.filter((one) => !pair.some(({ cause }) => explains(one, cause)));
      const isHidden = missed.length <= 1 && missed.every(({ name }) => hides(names, name));
      if (third.length > 0 || !isHidden) wrong.push(`${names.join(" + ")}: ${found.join(", ") || "nothing"}`);
    }
    expect(wrong).toEqual([]);
  });
});

function hides(pair: readonly string[], missed: string): boolean {
  return seenByToken.includes(missed) || pair.some((name) => hiddenBehind[name]?.includes(missed));
}
