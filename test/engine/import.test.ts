import { describe, expect, test } from "vitest";
import { expectNoDrift, expectSignIn, namesOf } from "./drift.ts";
import { nameOf, openStack, printed, succeeded } from "./stack.ts";
import { logIns, oneSet, settingsFor, startVendors } from "./vendors.ts";

const vendors = await startVendors();
const settings = settingsFor(vendors);
const maker = await openStack({ host: "own", settings, environment: logIns });
await succeeded(maker.up());
const members = (await maker.resources()).filter(({ urn }) => urn.includes("pulumi-nodejs:"));

/** As if people had made the set in the consoles: no object has a mark. */
function eraseMarks(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    if (typeof part !== "string") eraseMarks(part);
    else (value as Record<string, string>)[name] = part.replace(/\s*\[managed by pulumi: [^\]]+\]/, "");
  }
}
const { credentials, integrations, configurations, deployments } = vendors.genesys.store.state;
eraseMarks([
  credentials,
  integrations,
  configurations,
  deployments,
  vendors.salesforce.store.state.components,
]);

const stack = await openStack({ host: "own", settings, environment: logIns });
const resources = members
  .filter(({ urn }) => !urn.includes("pulumi:providers:"))
  .map(({ urn, id }) => ({
    type: urn.split("::")[2]?.split("$").at(-1),
    name: nameOf(urn),
    id,
    parent: "messaging",
  }));
const set = {
  type: "authenticated-messaging:index:AuthenticatedMessaging",
  name: "messaging",
  component: true,
};

describe("a set made by hand", () => {
  test("is imported by the vendors' ids, and nothing is written", async () => {
    expect(resources).toHaveLength(5);
    const before = vendors.everything();
    const run = await succeeded(stack.import({ resources: [set, ...resources] }));
    expect(printed(run)).toContain("IMPORT_SECRET_UNKNOWN");
    expect(vendors.everything()).toEqual(before);
    expect(JSON.stringify(await stack.resources())).toContain(
      'require(\\"authenticated-messaging-providers\\")',
    );
  });

  test("is as the program says, but for the secret that nobody can read, which up writes once", async () => {
    const run = await succeeded(stack.up("--refresh", "--json"));
    expect(namesOf(run)).toEqual(["update messaging-credential"]);
    await succeeded(stack.preview("--expect-no-changes"));
    await expectNoDrift(stack);
    expect(await vendors.objects()).toEqual(oneSet);
    await expectSignIn(stack);
  });

  test("can be managed by the stock host afterwards", async () => {
    stack.changeHost("stock");
    await succeeded(stack.preview("--expect-no-changes"));
    await expectNoDrift(stack);
    await stack.configure({ ...settings, displayName: "Renamed" });
    await succeeded(stack.up());
    await expectNoDrift(stack);
  });
});

test("an id that no object has is refused", async () => {
  const { name, ...member } =
    resources.find(({ type }) => type?.endsWith("Credential")) ?? resources[0] ?? {};
  const nowhere = {
    ...member,
    name: "nowhere",
    id: "00000000-0000-4000-8000-000000000000",
    parent: undefined,
  };
  stack.changeHost("own");
  const run = await stack.import({ resources: [nowhere] });
  expect(run.code).not.toBe(0);
  expect(printed(run)).toContain("IMPORT_NOT_FOUND");
});
