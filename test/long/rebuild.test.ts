import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { steps } from "../../operations/rebuild/steps.ts";
import { memberNames } from "../../operations/stack/messagingSet.ts";
import { expectNoDrift, expectSignIn } from "../engine/drift.ts";
import { startRebuilds } from "../engine/rebuilds.ts";
import { printed, succeeded } from "../engine/stack.ts";
import { oneSet } from "../engine/vendors.ts";

const { vendors, stack, report, rebuild, rebuildUntil, ids } = await startRebuilds();

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

describe("--member replaces that member, and touches those that use it no more than needed", () => {
  test.each([
    ["ECA", ["credential"], ["clientId"]],
    ["credential", ["integration"], []],
    ["integration", ["configuration", "deployment"], []],
    ["configuration", ["deployment"], []],
    ["deployment", [], ["deploymentId"]],
  ] as const)(
    "%s",
    async (member, written, changedInPage) => {
      const { pageContract: before } = await stack.outputs();
      const idsBefore = await ids();
      const run = await rebuild("--yes", "--member", member);
      expect(run.code, printed(run)).toBe(0);
      const result = JSON.parse(run.stdout);
      expect(result).toMatchObject({ outcome: "rebuilt", changedInPage, culprits: [], after: { ok: true } });
      expect(whatBecameOf(result.members)).toEqual({
        ...untouched,
        ...Object.fromEntries(written.map((name) => [name, "written"])),
        [member]: "replaced",
      });
      const resource = `messaging-${member === "ECA" ? "app" : member}`;
      const { [resource]: id, ...others } = await ids();
      const { [resource]: idBefore, ...same } = idsBefore;
      expect(others).toEqual(same);
      // The id of an app is its name; its client id is another one.
      if (member !== "ECA") expect(id).not.toBe(idBefore);
      const { pageContract: after } = await stack.outputs();
      expect(result.pageContract).toEqual(after);
      for (const name of changedInPage)
        expect(result.pageDuties).toContainEqual(
          expect.stringMatching(`new \`${name}\`.*\`${after[name]}\` instead of \`${before[name]}\``),
        );
      const snippet = result.pageDuties.filter((duty: string) => duty.includes("messenger snippet"));
      expect(snippet).toHaveLength(member === "deployment" ? 1 : 0);
      const markdown = await readFile(`${report}.md`, "utf8");
      for (const duty of result.pageDuties) expect(markdown).toContain(duty);
      await expectWhole();
    },
    300_000,
  );
});

const untouched = Object.fromEntries(memberNames.map((member) => [member, "untouched"]));

/** What became of each member, by its name. */
function whatBecameOf(members: readonly { member: string; what: string }[]): Record<string, string> {
  return Object.fromEntries(members.map(({ member, what }) => [member, what]));
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
  const appType = "ExternalClientApplication";
  const app = { deletion: `deleteMetadata ${appType}`, creation: `createMetadata ${appType}` };
  test.each([
    ["rewrite-credential", "after", `PUT ${integrations}/credentials/`],
    ["rewrite-configuration", "after", `POST ${deployments}/configurations/`],
    ["rewrite-integration", "after", `PATCH ${integrations}`],
    ["replace-integration", "after", `DELETE ${integrations}`],
    ["replace-integration", "after", `POST ${integrations}`],
    ["replace-credential", "after", `DELETE ${integrations}/credentials/`],
    ["replace-credential", "after", `POST ${integrations}/credentials`],
    ["replace-eca", "before", "deleteMetadata"],
    ["replace-eca", "before", app.deletion],
    ["replace-eca", "after", app.deletion],
    ["replace-eca", "after", app.creation],
    ["replace-eca", "after", `PUT ${integrations}/credentials/`],
    ["replace-configuration", "after", `DELETE ${deployments}/configurations/`],
    ["replace-configuration", "after", `POST ${deployments}/configurations`],
    ["replace-deployment", "after", `DELETE ${deployments}/deployments/`],
    ["replace-deployment", "after", `POST ${deployments}/deployments`],
  ] as const)(
    "%s, %s %s",
    async (step, when, request) => {
      vendors.faults.on("deployment-ghost");
      await rebuildUntil(step, when, request);
      vendors.faults.off("deployment-ghost");
      await succeeded(stack.cancel());
      if (request === app.deletion)
        expect(await vendors.objects()).toMatchObject({ [appType]: when === "before" ? 1 : 0 });
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
