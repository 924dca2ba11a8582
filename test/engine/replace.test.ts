import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { expectNoDrift, expectSignIn, namesOf } from "./drift.ts";
import { nameOf, openStack, printed, type Run, succeeded } from "./stack.ts";
import { logIns, oneSet, settingsFor, startVendors } from "./vendors.ts";

const vendors = await startVendors();
const settings = settingsFor(vendors);
const stack = await openStack({
  program: join(import.meta.dirname, "programs", "full"),
  settings,
  environment: logIns,
});
await succeeded(stack.up());

/** What follows the replacement of each member: no other member is touched. */
const members = [
  { name: "messaging-app", updated: ["messaging-credential"] },
  { name: "messaging-credential", updated: ["messaging-integration"] },
  { name: "messaging-integration", updated: ["messaging-configuration", "messaging-deployment"] },
  { name: "messaging-configuration", updated: ["messaging-deployment"] },
  { name: "messaging-deployment", updated: [] },
];

/** A member's id at its vendor. That of an app is its name, so the consumer stands for it. */
async function identities(): Promise<Record<string, string | undefined>> {
  const entries = (await stack.resources()).map(({ urn, id, outputs }) => [
    nameOf(urn),
    nameOf(urn) === "messaging-app" ? outputs?.consumerId : id,
  ]);
  return Object.fromEntries(entries);
}

/** One member is another object than before, its dependants have followed in place, and visitors can sign in. */
async function expectReplaced(run: Run, name: string, updated: readonly string[], before: object) {
  expect(namesOf(run), printed(run)).toEqual(
    [
      `create-replacement ${name}`,
      `delete-replaced ${name}`,
      `replace ${name}`,
      ...updated.map((dependant) => `update ${dependant}`),
    ].sort(),
  );
  const after = await identities();
  expect({ ...after, [name]: "" }).toEqual({ ...before, [name]: "" });
  expect(after).not.toEqual(before);
  expect(await vendors.objects()).toEqual(oneSet);
  await expectSignIn(stack);
}

describe("up --replace makes a member anew and touches its dependants no more than needed", () => {
  test.each(members)("$name", async ({ name, updated }) => {
    const before = await identities();
    const run = await succeeded(stack.up("--replace", await stack.urn(name), "--json"));
    await expectReplaced(run, name, updated, before);
  });
});

describe("so does up after state taint", () => {
  test.each(members)("$name", async ({ name, updated }) => {
    const before = await identities();
    await succeeded(stack.taint(await stack.urn(name)));
    await expectReplaced(await succeeded(stack.up("--json")), name, updated, before);
  });
});

describe("so does an input that cannot change in place", () => {
  test("developer name", async () => {
    const before = await identities();
    await stack.configure({ ...settings, developerName: "Renamed_sign_in" });
    const run = await succeeded(stack.up("--json"));
    await expectReplaced(run, "messaging-app", ["messaging-credential"], before);
  });

  test("type of the credential", async () => {
    const before = await identities();
    await stack.configure({
      ...settings,
      developerName: "Renamed_sign_in",
      credentialType: "pureCloudOAuthClient",
    });
    const run = await succeeded(stack.up("--json"));
    await expectReplaced(run, "messaging-credential", ["messaging-integration"], before);
  });

  test("type of the integration: one that the org lacks is refused, and the next up makes the right one", async () => {
    const before = await identities();
    const right = { ...settings, developerName: "Renamed_sign_in", credentialType: "pureCloudOAuthClient" };
    await stack.configure({ ...right, integrationType: "mistyped" });
    const refused = await stack.up();
    expect(refused.code).not.toBe(0);
    expect(printed(refused)).toContain("GENESYS_TYPE_MISSING");
    expect(printed(refused)).toContain("OpenID Connect Messenger Configuration");

    await stack.configure(right);
    await succeeded(stack.up("--json"));
    const { "messaging-integration": integration, ...others } = await identities();
    const { "messaging-integration": earlier, ...same } = before;
    expect(integration).not.toBe(earlier);
    expect(others).toEqual(same);
    expect(await vendors.objects()).toEqual(oneSet);
    await expectSignIn(stack);
  });
});

test("an org that deletes nothing in use: refused unharmed, and what the error advises makes the member anew", async () => {
  const before = await identities();
  vendors.faults.on("delete-refused", {});
  const urn = await stack.urn("messaging-integration");
  const refused = await stack.up("--replace", urn);
  expect(refused.code).not.toBe(0);
  expect(printed(refused)).toContain("GENESYS_IN_USE");
  expect(await vendors.objects()).toEqual(oneSet);
  await expectSignIn(stack);

  await succeeded(stack.destroy("--target", urn, "--target-dependents"));
  await succeeded(stack.up());
  const { "messaging-app": app, "messaging-credential": credential, ...anew } = await identities();
  expect(before).toMatchObject({ "messaging-app": app, "messaging-credential": credential });
  expect(Object.values(before)).not.toEqual(expect.arrayContaining(Object.values(anew)));
  await expectSignIn(stack);
  vendors.faults.allOff();
});

test("nothing of it is left", () => expectNoDrift(stack));
