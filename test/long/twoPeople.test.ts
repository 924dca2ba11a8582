import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { connectionsTo } from "../connections.ts";
import { expectNoDrift, expectSignIn } from "../engine/drift.ts";
import { type Host, nameOf, openStack, type Stack, succeeded } from "../engine/stack.ts";
import { logIns, oneSet, sets, settingsFor, startVendors, type Vendors } from "../engine/vendors.ts";
import { type ChangeName, changes } from "../fuzz/byHand.ts";
import type { State } from "../fuzz/engine.ts";

const hosts: Host[] = ["own", "stock"];

describe.each(hosts)("on the %s host", (host) => {
  test("two stacks in one org, at the same time and under its rate limits, both succeed", async () => {
    // Genesys counts by log-in; this is less than one set takes, so that both wait.
    const vendors = await startVendors({ limits: { requestsPerMinute: 15, loginsPerMinute: 3 } });
    const settings = settingsFor(vendors);
    const program = join(import.meta.dirname, "..", "engine", "programs", "full");
    const stacks = await Promise.all([
      openStack({ host, settings, environment: logIns }),
      openStack({
        host,
        program,
        settings: { ...settings, developerName: "Other_sign_in" },
        environment: logIns,
      }),
    ]);
    for (const run of await Promise.all(stacks.map((stack) => stack.up())))
      await succeeded(Promise.resolve(run));
    expect(vendors.genesys.log.entries.map(({ status }) => status)).toContain(429);
    expect(await vendors.objects()).toEqual(sets(2));
    for (const stack of stacks) {
      await expectSignIn(stack);
      await expectNoDrift(stack);
    }
  }, 600_000);

  describe("a stack that somebody edits by hand in the middle of a run is in order after the next", () => {
    const names = Object.keys(changes) as ChangeName[];
    const oneEdit = fc.record({
      change: fc.constantFrom(...names),
      request: fc.integer({ min: 1, max: 25 }),
    });
    const cases = fc.sample(fc.array(oneEdit, { minLength: 1, maxLength: 3 }), { numRuns: 4, seed: 7 });

    test.each(cases.map((edited, index) => ({ edited, index, edits: inWords(edited) })))(
      "$edits",
      async ({ edited, index }) => {
        const vendors = await startVendors();
        const settings = settingsFor(vendors);
        const stack = await openStack({ host, settings, environment: logIns });
        await succeeded(stack.up());
        const state = await stateOf(stack);
        await stack.configure({
          ...settings,
          displayName: `Renamed ${index}`,
          description: "Changed meanwhile",
        });
        for (const { log } of [vendors.salesforce, vendors.genesys]) log.clear();
        const running = stack.up("--refresh");
        let isRunning = true;
        void running.finally(() => {
          isRunning = false;
        });
        for (const { change, request } of edited.toSorted((a, b) => a.request - b.request)) {
          while (isRunning && requests(vendors) < request) await pause(1);
          await edit(vendors, state, change);
        }
        // It may fail over what it met; the next may not.
        await running;
        await succeeded(stack.up("--refresh"));
        expect(await vendors.objects()).toEqual(oneSet);
        await expectNoDrift(stack);
        await expectSignIn(stack);
      },
      300_000,
    );
  });
});

function inWords(edited: readonly { change: ChangeName; request: number }[]): string {
  return edited.map(({ change, request }) => `${change} at request ${request}`).join(", ");
}

function requests({ salesforce, genesys }: Vendors): number {
  return salesforce.log.count() + genesys.log.count();
}

/** As a person at the console does it, who is told to try again when the object is just being changed. */
async function edit(vendors: Vendors, state: State, change: ChangeName): Promise<void> {
  await changes[change]({ world: { sandbox: vendors }, state, connections: connectionsTo(vendors) }).catch(
    (error: Error) => {
      if (!/^[A-Z]+_[A-Z_]+: /.test(error.message)) throw error;
    },
  );
}

/** The members under the names that the changes know them by. */
async function stateOf(stack: Stack): Promise<State> {
  const members = (await stack.resources()).filter(({ urn }) => /[:$]pulumi-nodejs:\w+:\w+::/.test(urn));
  return new Map(
    members.map(({ urn, id = "", outputs }) => [
      nameOf(urn).replace("messaging-", ""),
      { id, inputs: {}, outputs, incomplete: false },
    ]),
  );
}
