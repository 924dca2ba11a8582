import { expect, test, vi } from "vitest";
import { fastDelays } from "../../sandbox/delays.ts";
import { leftBy } from "../crashes/victims.ts";
import { expectNoDrift, only } from "./drift.ts";
import { nameOf, openStack, printed, succeeded } from "./stack.ts";
import { logIns, oneSet, settingsFor, startVendors } from "./vendors.ts";

/** The integration becomes active only when a test lets it. The CLI's own time in these tests is shorter than any wait. */
const delays = { ...fastDelays, integrationActivationMs: 3_600_000 };
const vendors = await startVendors({ delays });
const stack = await openStack({ host: "own", settings: settingsFor(vendors), environment: logIns });

/** Is the integration being waited for? Then it is read a second time. */
function isWaiting(): boolean {
  const reads = vendors.genesys.log.entries.filter(
    ({ method, path }) => method === "GET" && /\/integrations\/[\w-]{36}$/.test(path),
  );
  return reads.length > 1;
}

async function integrationInState() {
  return (await stack.resources()).find(({ urn }) => nameOf(urn) === "messaging-integration");
}

test("Ctrl-C ends a wait, leaves a valid state and no process; the next up goes on", async () => {
  const running = stack.up();
  await vi.waitUntil(isWaiting, { timeout: 60_000, interval: 20 });
  stack.interrupt();
  const run = await running;
  expect(run.code).not.toBe(0);
  expect(printed(run)).toContain("OPERATION_CANCELLED");
  await vi.waitUntil(() => leftBy(stack).length === 0, { timeout: 20_000, interval: 100 });

  expect((await integrationInState())?.id).toBe(only(vendors.genesys.store.state.integrations).id);
  expect(await stack.pendingOperations()).toEqual([]);
  expect(JSON.parse(await stack.exportState())).toMatchObject({
    deployment: { resources: expect.any(Array) },
  });

  delays.integrationActivationMs = 60;
  await succeeded(stack.up());
  await expectNoDrift(stack);
  expect(await vendors.objects()).toEqual(oneSet);
});
