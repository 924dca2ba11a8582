import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { only } from "../engine/drift.ts";
import { nameOf, openStack, printed, succeeded } from "../engine/stack.ts";
import { logIns, oneSet, sets, settingsFor, startVendors } from "../engine/vendors.ts";
import { type Passing, startWay } from "../reliability/way.ts";

const vendors = await startVendors();
const way = await startWay(vendors);
afterAll(way.stop);
const settings = settingsFor({ ...vendors, ...way });
const stack = await openStack({
  program: join(import.meta.dirname, "..", "engine", "programs", "full"),
  host: "own",
  settings: { ...settings, integrationTimeouts: { create: "6s", update: "5s", delete: "4s" } },
  environment: logIns,
});

/** From now on nobody answers these requests, nor are they done. */
function silence(method: string, path: RegExp): void {
  way.interfere((passing: Passing) =>
    passing.method === method && path.test(passing.path) ? "silence" : undefined,
  );
}

const integrations = /^\/api\/v2\/integrations$/;
const config = /^\/api\/v2\/integrations\/[\w-]{36}\/config\/current$/;
const one = /^\/api\/v2\/integrations\/[\w-]{36}$/;

async function idInState(): Promise<string | undefined> {
  return (await stack.resources()).find(({ urn }) => nameOf(urn) === "messaging-integration")?.id;
}

/** By the machine's own clock, with the real engine: `customTimeouts` are the shortest limits that there are. */
describe("a vendor that falls silent in the middle of an up ends the operation in time, which names the step:", () => {
  test.each([
    ["at a look", "GET", integrations, /list the integrations/],
    ["at the creation", "POST", integrations, /create the integration/],
    ["at a change of what was made", "PUT", config, /(write|update) the .*configuration/],
  ])("create, %s", async (_when, method, path, step) => {
    silence(method, path);
    const run = await stack.up();
    expect(run.code).not.toBe(0);
    expect(printed(run)).toMatch(/OPERATION_TIMED_OUT: The operation did not end within 6 s/);
    expect(printed(run)).toMatch(new RegExp(`under way ${step.source}`));
  });

  test("update, after what was made was completed, and once somebody answers again all is well", async () => {
    way.interfere(() => undefined);
    await succeeded(stack.up());
    expect(await vendors.objects()).toEqual(oneSet);
    expect(await idInState()).toBe(only(vendors.genesys.store.state.integrations).id);
    silence("PUT", config);
    await stack.configure({
      ...settings,
      integrationTimeouts: { update: "5s", delete: "4s" },
      integrationProperties: { maxRefreshTokenLifetime: 3_600 },
    });
    const run = await stack.up();
    expect(printed(run)).toMatch(/OPERATION_TIMED_OUT: The operation did not end within 5 s/);
    expect(printed(run)).toMatch(/under way (write|update) the .*configuration/);
    way.interfere(() => undefined);
    await succeeded(stack.up("--refresh"));
  });

  test("delete, and once somebody answers again nothing is left", async () => {
    silence("DELETE", one);
    const run = await stack.destroy();
    expect(printed(run)).toMatch(/OPERATION_TIMED_OUT: The operation did not end within 4 s/);
    expect(printed(run)).toMatch(/under way delete the integration/);
    way.interfere(() => undefined);
    await succeeded(stack.destroy());
    expect(await vendors.objects()).toEqual(sets(0));
  });
});
