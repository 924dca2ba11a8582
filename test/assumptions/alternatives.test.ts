import { describe, expect, test, vi } from "vitest";
import { signIn } from "../../operations/signIn/signIn.ts";
import { visitor } from "../../sandbox/accounts.ts";
import type { Assumption } from "../../sandbox/assumption.ts";
import { type Assumptions, assumptions } from "../../sandbox/assumptions.ts";
import { fastDelays } from "../../sandbox/delays.ts";
import { sitePath } from "../../sandbox/salesforce/loginHost.ts";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { connectionsTo } from "../connections.ts";
import {
  createSet,
  pageContractOf,
  refreshSet,
  removeSet,
  replaceMember,
  updateSet,
  type WholeSet,
} from "../providers/wholeSet.ts";

/** A set mostly waits, so a dozen of them share a core well. */
vi.setConfig({ maxConcurrency: 12, testTimeout: 120_000 });

type Catalogue = Record<string, Assumption<unknown>>;
type Vendor = keyof Assumptions;

/** Everything that a real org may turn out to do other than the sandbox does: found in the catalogues, not listed here. */
const alternatives = (Object.keys(assumptions) as Vendor[]).flatMap((vendor) =>
  Object.entries(assumptions[vendor] as Catalogue).flatMap(([name, { alternatives: all, chosen }]) =>
    all
      .map((alternative) => ({ vendor, name, alternative, shown: JSON.stringify(alternative) }))
      .filter(({ shown }) => shown !== JSON.stringify(chosen)),
  ),
);

/**
 * The one thing that cannot be done in such an org: a member that others use goes only after them, so it cannot be
 * made anew alone. Creating, changing and destroying the set is not touched by it.
 */
const notReplaceable: Record<string, keyof WholeSet> = {
  "deleteUsedCredential is refused": "credential",
  "deleteUsedIntegration is refused": "integration",
  "deleteUsedConfiguration is refused": "configuration",
};

/** These mean nothing to a set whose visitors sign in at the org itself. */
const ofSite = ["siteSubject", "codeOfOtherHost"];

describe.concurrent.each(alternatives)("if $vendor: $name is $shown", ({ vendor, name, alternative }) => {
  test("a whole set is made, proven, changed, renewed member by member, and removed", async ({ expect }) => {
    const delays = {
      ...fastDelays,
      integrationActivationMs: 20,
      draftActivationMs: 20,
      deploymentActivationMs: 20,
    };
    const limits = { requestsPerMinute: Infinity, loginsPerMinute: Infinity };
    const sandbox = await startSandbox({ assumptions: switched(vendor, name, alternative), delays, limits });
    try {
      const loginHost = ofSite.includes(name) ? sandbox.salesforceUrl + sitePath : undefined;
      const set = await createSet(connectionsTo(sandbox), { loginHost });
      const prove = async () => {
        expect(await refreshSet(set)).toEqual({});
        await signIn(pageContractOf(set), visitor);
      };
      await prove();
      await updateSet(set);
      await prove();
      for (const member of Object.keys(set) as (keyof WholeSet)[]) {
        const replacing = replaceMember(set, member);
        if (notReplaceable[`${name} is ${alternative}`] === member) {
          await expect(replacing).rejects.toMatchObject({ code: "GENESYS_IN_USE" });
        } else await replacing;
      }
      await prove();
      await removeSet(set);
      expect(await objectsIn(sandbox)).toBe(0);
    } finally {
      await sandbox.stop();
    }
  });
});

test("every exception is one of the alternatives", () => {
  const known = alternatives.map(({ name, alternative }) => `${name} is ${alternative}`);
  expect(known).toEqual(expect.arrayContaining(Object.keys(notReplaceable)));
});

function switched(vendor: Vendor, name: string, chosen: unknown): Partial<Assumptions> {
  const catalogue = assumptions[vendor] as Catalogue;
  return { [vendor]: { ...catalogue, [name]: { ...catalogue[name], chosen } } };
}

async function objectsIn({ salesforceUrl, genesysUrl }: Sandbox): Promise<number> {
  const counts = await Promise.all(
    [salesforceUrl, genesysUrl].map(async (url) => (await fetch(`${url}/_sandbox/objects`)).json()),
  );
  const numbers = counts.flatMap((count) => Object.values(count as Record<string, number>));
  return numbers.reduce((sum, count) => sum + count, 0);
}
