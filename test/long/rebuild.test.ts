import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { steps } from "../../operations/rebuild/steps.ts";
import { expectNoDrift, expectSignIn } from "../engine/drift.ts";
import { startRebuilds } from "../engine/rebuilds.ts";
import { printed, succeeded } from "../engine/stack.ts";
import { oneSet } from "../engine/vendors.ts";

const { vendors, stack, rebuild, rebuildUntil } = await startRebuilds();

async function expectWhole() {
  expect(await vendors.objects()).toEqual(oneSet);
  await expectNoDrift(stack);
  await expectSignIn(stack);
}

/** Rebuilds the set with these faults, and gives what the command says. */
async function rebuiltWith(...faults: string[]) {
  for (const fault of faults) vendors.faults.on(fault);
  const run = await rebuild("--yes");
  expect(run.code, printed(run)).toBe(0);
  await expectWhole();
  for (const fault of faults) vendors.faults.off(fault);
  return JSON.parse(run.stdout);
}

/** The members that the search replaces until it reaches one: no more than it had to. */
function replacedUntil(member: string) {
  const replaced: string[] = steps.filter(({ way }) => way === "replace").map((step) => step.member);
  return replaced.slice(0, replaced.indexOf(member) + 1);
}

describe("a ghost in one member is named, and nothing after it replaced", () => {
  test.each(["credential", "ECA", "configuration", "deployment"] as const)(
    "%s",
    async (member) => {
      const result = await rebuiltWith(`${member.toLowerCase()}-ghost`);
      expect(result).toMatchObject({
        outcome: "cured",
        culprits: [{ member, how: "replaced" }],
        contributors: [],
      });
      const touched = [...result.notCleared, ...result.culprits].filter(({ how }) => how === "replaced");
      expect(touched.map((suspect) => suspect.member)).toEqual(replacedUntil(member));
    },
    600_000,
  );
});

describe("two faults at once: the last one is proven, the other one is named", () => {
  test.each([
    ["integration-ghost", "credential-ghost", "credential", "integration"],
    ["client-secret-differs", "integration-ghost", "integration", "credential"],
    ["deployment-ghost", "eca-ghost", "deployment", "ECA"],
  ])(
    "%s and %s",
    async (one, other, culprit, hidden) => {
      const result = await rebuiltWith(one, other);
      expect(result.culprits).toMatchObject([{ member: culprit }]);
      const told = [...result.contributors, ...result.notCleared];
      expect(told.map(({ member }: { member: string }) => member)).toContain(hidden);
    },
    600_000,
  );
});

describe("killed at any request that writes, it leaves what an update completes", () => {
  const integrations = "/api/v2/integrations";
  const deployments = "/api/v2/webdeployments";
  test.each([
    ["rewrite-credential", "PUT", `${integrations}/credentials/`],
    ["rewrite-configuration", "POST", `${deployments}/configurations/`],
    ["rewrite-integration", "PATCH", integrations],
    ["replace-integration", "DELETE", integrations],
    ["replace-integration", "POST", integrations],
    ["replace-credential", "DELETE", `${integrations}/credentials/`],
    ["replace-credential", "POST", `${integrations}/credentials`],
    ["replace-eca", "PUT", `${integrations}/credentials/`],
    ["replace-configuration", "DELETE", `${deployments}/configurations/`],
    ["replace-configuration", "POST", `${deployments}/configurations`],
    ["replace-deployment", "DELETE", `${deployments}/deployments/`],
    ["replace-deployment", "POST", `${deployments}/deployments`],
  ] as const)(
    "%s, after %s %s",
    async (step, method, path) => {
      vendors.faults.on("deployment-ghost");
      await rebuildUntil(step, method, path);
      vendors.faults.off("deployment-ghost");
      await succeeded(stack.cancel());
      await succeeded(stack.up("--refresh"));
      await expectWhole();
    },
    300_000,
  );
});

test("changes nothing while another update is under way, and says whose it is", async () => {
  vendors.faults.on("credential-ghost");
  vendors.faults.on("slow-answer", {
    match: "GET /api/v2/integrations/credentials",
    count: 1,
    milliseconds: 20_000,
  });
  const update = stack.up("--refresh");
  await vi.waitUntil(() => isLocked(), { timeout: 60_000, interval: 50 });
  const run = await rebuild("--yes");
  expect(run.code, printed(run)).toBe(1);
  const { error } = JSON.parse(run.stdout);
  expect(error).toMatchObject({
    code: "STACK_LOCKED",
    evidence: { lock: expect.stringMatching(/created by .*@.* \(pid \d+\)/) },
  });
  await succeeded(update);
  vendors.faults.allOff();
  await expectWhole();
}, 300_000);

/** The file backend keeps one file for each lock. */
function isLocked(): boolean {
  const files = readdirSync(join(stack.stateFolder, "locks"), { recursive: true, encoding: "utf8" });
  return files.some((name) => name.endsWith(".json"));
}
