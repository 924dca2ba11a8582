import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { amsgOn } from "../cli/amsg.ts";
import { ctrlC } from "../cli/terminal.ts";
import { expectNoDrift, expectSignIn } from "./drift.ts";
import { startRebuilds } from "./rebuilds.ts";
import { printed, succeeded } from "./stack.ts";
import { oneSet } from "./vendors.ts";

const { vendors, stack, report, rebuild, rebuildOnTerminal, ids } = await startRebuilds();

describe("amsg rebuild", () => {
  test("changes nothing in a set that signs visitors in", async () => {
    const before = vendors.everything();
    // A file is no folder: what was found is told all the same.
    const run = await rebuild("--yes", "--report", `${import.meta.filename}/report`);
    expect(run.code, printed(run)).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ version: 1, outcome: "healthy", culprits: [] });
    expect(run.stderr).toContain("REPORT_NOT_WRITTEN");
    expect(vendors.everything()).toEqual(before);
  });

  test("changes nothing in a broken set unless somebody agrees", async () => {
    vendors.faults.on("integration-ghost");
    const before = vendors.everything();
    const unasked = await rebuild();
    expect([unasked.code, unasked.stderr]).toEqual([64, expect.stringContaining("--yes")]);

    for (const [typed, code, said] of [
      ["n\r", 1, "REBUILD_NOT_CONFIRMED"],
      [ctrlC, 130, "Interrupted (SIGINT)"],
    ] as const) {
      let isAnswered = false;
      const refused = await rebuildOnTerminal([], (shown, type) => {
        if (isAnswered || !shown.includes("[y/N]")) return;
        isAnswered = true;
        type(typed);
      });
      expect(refused).toEqual({ code, stdout: expect.stringContaining(said) });
      expect(refused.stdout).toContain("switch the integration off and on");
    }
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

  test("stopped by Ctrl-C in the middle of a replacement, it says how to go on, and an update completes it", async () => {
    vendors.faults.on("credential-ghost");
    let isTyped = false;
    const stopped = await rebuildOnTerminal(["--yes", "--from", "replace-credential"], (shown, type) => {
      if (isTyped || !/(?:delete|replace)\S* messaging-credential/.test(shown)) return;
      isTyped = true;
      type(ctrlC);
    });
    expect(stopped.code, stopped.stdout).toBe(130);
    expect(stopped.stdout).toMatch(/npx pulumi up --refresh --stack test[\s\S]*--from replace-credential/);
    expect(await readFile(`${report}.md`, "utf8")).toMatch(
      /stopped \(interrupted\); begun: \S+ messaging-credential/,
    );
    // Pulumi has given its lock back.
    await succeeded(stack.up("--refresh"));
    expect(await vendors.objects()).toEqual(oneSet);
    await expectNoDrift(stack);
    vendors.faults.off("credential-ghost");
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
