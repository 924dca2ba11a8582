import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fastDelays } from "../../sandbox/delays.ts";
import { only } from "../engine/drift.ts";
import { nameOf, openStack, printed, succeeded } from "../engine/stack.ts";
import { logIns, sets, settingsFor, startVendors } from "../engine/vendors.ts";

const delays = { ...fastDelays, integrationActivationMs: 3_600_000 };
const vendors = await startVendors({ delays });
const settings = settingsFor(vendors);
const stack = await openStack({
  program: join(import.meta.dirname, "..", "engine", "programs", "full"),
  host: "own",
  settings,
  environment: logIns,
});

async function integrationInState() {
  return (await stack.resources()).find(({ urn }) => nameOf(urn) === "messaging-integration");
}

describe("customTimeouts end an operation that waits, each its own, and what was made is recorded", () => {
  const integrationTimeouts = { create: "5s", update: "2s", delete: "1s" };

  test("create, then update", async () => {
    await stack.configure({ ...settings, integrationTimeouts });
    const creation = await stack.up();
    expect(printed(creation)).toMatch(/OPERATION_TIMED_OUT: The operation did not end within 5 s/);
    const { id } = (await integrationInState()) ?? {};
    expect(id).toBe(only(vendors.genesys.store.state.integrations).id);
    expect(printed(await stack.up())).toMatch(/OPERATION_TIMED_OUT: The operation did not end within 2 s/);
    expect((await integrationInState())?.id).toBe(id);
  });

  test("delete", async () => {
    delays.integrationActivationMs = 60;
    await succeeded(stack.up());
    vendors.faults.on("lingering-delete", { match: "DELETE /api/v2/integrations", milliseconds: 3_600_000 });
    const run = await stack.destroy();
    expect(printed(run)).toMatch(/OPERATION_TIMED_OUT: The operation did not end within 1 s/);
    vendors.faults.off("lingering-delete");
    await succeeded(stack.destroy());
    expect(await vendors.objects()).toEqual(sets(0));
  });
});
