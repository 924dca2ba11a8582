import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { amsgOn } from "../cli/amsg.ts";
import { expectNoDrift, expectSignIn } from "./drift.ts";
import { startRebuilds } from "./rebuilds.ts";
import { printed, succeeded } from "./stack.ts";
import { oneSet } from "./vendors.ts";

const { vendors, stack, report, rebuild, ids, rebuildUntil } = await startRebuilds();

describe("amsg rebuild", () => {
  test("changes nothing in a set that signs visitors in", async () => {
    const before = vendors.everything();
    const run = await rebuild();
    expect(run.code, printed(run)).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ version: 1, outcome: "healthy", culprits: [] });
    expect(vendors.everything()).toEqual(before);
  });

  test("changes nothing in a broken set unless somebody agrees", async () => {
    vendors.faults.on("integration-ghost");
    const before = vendors.everything();
    const run = await rebuild();
    expect([run.code, JSON.parse(run.stdout).error.code]).toEqual([1, "REBUILD_NOT_CONFIRMED"]);
    expect(vendors.everything()).toEqual(before);
  });

  test("finds the integration that no read shows to be at fault, and replaces nothing else", async () => {
    const before = await ids();
    const run = await rebuild("--yes");
    expect(run.code, printed(run)).toBe(0);
    const result = JSON.parse(run.stdout);
    expect(result).toMatchObject({
      outcome: "cured",
      culprits: [{ member: "integration", how: "replaced" }],
      contributors: [],
      repaired: [],
      changedInPage: [],
      before: { ok: false, failed: { step: "exchange", code: "SIGN_IN_EXCHANGE_REFUSED" } },
      after: { ok: true },
    });
    const { "messaging-integration": integration, ...others } = await ids();
    const { "messaging-integration": earlier, ...same } = before;
    expect(integration).not.toBe(earlier);
    expect(others).toEqual(same);
    expect(await vendors.objects()).toEqual(oneSet);
    await expectNoDrift(stack);
    await expectSignIn(stack);

    const markdown = await readFile(`${report}.md`, "utf8");
    expect(markdown).toContain("At fault: integration (replaced)");
    expect(markdown).toContain(result.before.failed.evidence.contextId);
    expect(await readFile(`${report}.html`, "utf8")).toContain("At fault: integration (replaced)");
  });

  test("names the member whose change behind Pulumi's back it repaired, and replaces nothing", async () => {
    const before = await ids();
    vendors.faults.on("integration-disabled");
    const run = await rebuild("--yes");
    vendors.faults.off("integration-disabled");
    expect(run.code, printed(run)).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({
      outcome: "cured",
      culprits: [{ member: "integration", how: "repaired" }],
    });
    expect(await ids()).toEqual(before);
  });

  test("stops with an error, and replaces nothing, when a vendor gives no usable answer", async () => {
    const before = await ids();
    vendors.faults.on("html-answer", { match: "POST /api/v2/webdeployments/token" });
    const run = await rebuild("--yes");
    vendors.faults.off("html-answer");
    expect([run.code, JSON.parse(run.stdout).error.code]).toEqual([1, "REBUILD_SIGN_IN_UNCLEAR"]);
    expect(run.stderr).toContain("next: ");
    expect(await ids()).toEqual(before);
  });

  test("shows what it would do without asking a vendor", async () => {
    vendors.genesys.log.clear();
    vendors.salesforce.log.clear();
    const run = await amsgOn(stack, ["rebuild", "--dry-run", "--from", "replace-eca", "--json"]);
    expect(JSON.parse(run.stdout).steps).toMatchObject([
      { step: "replace-eca", member: "ECA", page: "clientId" },
      { step: "replace-configuration", page: null },
      { step: "replace-deployment", page: "deploymentId" },
    ]);
    expect([...vendors.genesys.log.entries, ...vendors.salesforce.log.entries]).toEqual([]);
  });

  test("killed in the middle of a replacement, it leaves what an update completes", async () => {
    vendors.faults.on("credential-ghost");
    await rebuildUntil("replace-credential", "DELETE", "/api/v2/integrations/credentials/");
    await succeeded(stack.cancel());
    await succeeded(stack.up("--refresh"));
    expect(await vendors.objects()).toEqual(oneSet);
    await expectNoDrift(stack);
    await expectSignIn(stack);
  });

  test("takes all members down and builds them again", async () => {
    const { pageContract } = await stack.outputs();
    const run = await rebuild("--all", "--yes");
    expect(run.code, printed(run)).toBe(0);
    const result = JSON.parse(run.stdout);
    expect(result).toMatchObject({ outcome: "rebuilt", changedInPage: ["deploymentId", "clientId"] });
    expect(result.pageContract).toEqual((await stack.outputs()).pageContract);
    expect(result.pageContract).not.toEqual(pageContract);
    expect(await vendors.objects()).toEqual(oneSet);
  });
});
