import { describe, expect, test } from "vitest";
import { signIn } from "../../operations/signIn/signIn.ts";
import { visitor } from "../../sandbox/accounts.ts";
import { sitePath } from "../../sandbox/salesforce/loginHost.ts";
import { nameOf, openStack, stepsOf, succeeded } from "./stack.ts";
import { logIns, sets, settingsFor, startVendors } from "./vendors.ts";

const vendors = await startVendors();
const stack = await openStack({ settings: settingsFor(vendors), environment: logIns });

describe("the program of this checkout", () => {
  test("the first up makes five members, and a visitor can sign in", async () => {
    const run = await succeeded(stack.up("--json"));
    expect(stepsOf(run).map(({ op }) => op)).toEqual(Array(5).fill("create"));
    expect(await vendors.objects()).toEqual(sets(1));

    const { members, pageContract, deploymentId, clientId, snippet } = await stack.outputs();
    expect(
      members.map(({ member, name, state }: Record<string, string>) => ({ member, name, state })),
    ).toEqual([
      { member: "ECA", name: "Customer sign-in", state: "PKCE required" },
      { member: "credential", name: "Customer sign-in", state: expect.stringMatching(/^written \d{4}-/) },
      { member: "integration", name: "Customer sign-in", state: "ACTIVE" },
      { member: "configuration", name: "Customer sign-in", state: "version 1" },
      { member: "deployment", name: "Customer sign-in", state: "Active" },
    ]);
    expect(pageContract).toMatchObject({ deploymentId, clientId, pkce: { required: true, method: "S256" } });
    expect(snippet).toContain(deploymentId);
    const component = (await stack.resources()).find(({ urn }) => nameOf(urn) === "messaging");
    expect(component?.outputs).toMatchObject({ members, pageContract, deploymentId, clientId, snippet });

    const { subject } = await signIn(pageContract, visitor);
    expect(subject).toMatch(/\/id\/00D/);
  });

  test("a preview straight after it is empty, with and without a refresh, and writes nothing", async () => {
    const before = vendors.everything();
    await succeeded(stack.preview("--expect-no-changes"));
    await succeeded(stack.preview("--refresh", "--expect-no-changes"));
    expect(vendors.everything()).toEqual(before);
  });

  test("a second up changes nothing", async () => {
    const before = vendors.everything();
    const run = await succeeded(stack.up("--json"));
    expect(stepsOf(run)).toEqual([]);
    expect(vendors.everything()).toEqual(before);
  });

  test("with an Experience Cloud site as login host, the page contract and Genesys go there", async () => {
    const site = `${vendors.salesforceUrl}${sitePath}`;
    await stack.configure({ ...settingsFor(vendors), loginHost: site });
    const run = await succeeded(stack.up("--json"));
    expect(stepsOf(run).map(({ op, urn }) => `${op} ${nameOf(urn)}`)).toEqual([
      "update messaging-app",
      "update messaging-integration",
    ]);
    const { pageContract } = await stack.outputs();
    expect(pageContract).toMatchObject({ issuer: site, authorizeUrl: `${site}/services/oauth2/authorize` });
    expect((await signIn(pageContract, visitor)).subject).toContain(`${site}/id/00D`);
  });

  test("destroy leaves nothing at either vendor", async () => {
    await succeeded(stack.destroy());
    expect(await vendors.objects()).toEqual(sets(0));
    expect(await stack.resources()).toEqual([]);
  });
});
