import { describe, expect, test } from "vitest";
import { expectNoDrift, expectRecovered, expectRepaired, only } from "./drift.ts";
import { openStack, succeeded } from "./stack.ts";
import { editComponent, inOrder, logIns, oneSet, settingsFor, startVendors } from "./vendors.ts";

const vendors = await startVendors();
const settings = settingsFor(vendors);
const stack = await openStack({ settings, environment: logIns });
await succeeded(stack.up());

const { metadata } = vendors.salesforceApi;
const appType = "ExternalClientApplication";
const oauthType = "ExtlClntAppOauthSettings";
const globalType = "ExtlClntAppGlobalOauthSettings";
const policiesType = "ExtlClntAppOauthConfigurablePolicies";

/** The app's components as Salesforce has them. */
const components = () => vendors.everything().components.map(({ type, fields }) => ({ type, fields }));

const edit = (type: string, fields: object) => editComponent(vendors, type, fields);

async function editIdToken(fields: object): Promise<void> {
  const [{ fullName = "" } = {}] = await metadata.list({ type: globalType });
  const { idTokenConfig } = await metadata.read(globalType, fullName);
  await edit(globalType, { idTokenConfig: inOrderWithoutName({ ...(idTokenConfig as object), ...fields }) });
}

function inOrderWithoutName(fields: Record<string, unknown>) {
  const { fullName, ...rest } = inOrder(fields);
  return rest;
}

const mark = "[managed by pulumi: authenticated-messaging/test/messaging]";

describe("a change made by hand in Salesforce is reported, and repaired by up", () => {
  test.each([
    { what: "owner", make: () => edit(appType, { description: settings.description }) },
    { what: "label", make: () => edit(appType, { label: "Renamed" }) },
    { what: "contactEmail", make: () => edit(appType, { contactEmail: "other@sandbox.example" }) },
    { what: "description", make: () => edit(appType, { description: `Another text ${mark}` }) },
    { what: "callbackUrls", make: () => edit(globalType, { callbackUrl: "https://elsewhere.example/cb" }) },
    {
      what: "callbackUrls, one added",
      make: () =>
        edit(globalType, { callbackUrl: [...settings.callbackUrls, "https://more.example/cb"].join("\n") }),
    },
    { what: "scopes", make: () => edit(oauthType, { commaSeparatedOauthScopes: "OpenID, Profile, Email" }) },
    { what: "pkceRequired", make: () => edit(globalType, { isPkceRequired: false }) },
    { what: "secretRequired", make: () => edit(globalType, { isConsumerSecretOptional: true }) },
    {
      what: "secretRequiredForRefresh",
      make: () => edit(globalType, { isSecretRequiredForRefreshToken: false }),
    },
    { what: "idToken.validityInMinutes", make: () => editIdToken({ idTokenValidityInMinutes: 9 }) },
    {
      what: "idToken.includeStandardClaims",
      make: () => editIdToken({ idTokenIncludeStandardClaims: false }),
    },
    { what: "idToken.includeCustomAttributes", make: () => editIdToken({ idTokenIncludeAttributes: true }) },
    { what: "idToken.audience", make: () => editIdToken({ idTokenAudience: "https://elsewhere.example" }) },
    {
      what: "policies.permittedUsers",
      make: () => edit(policiesType, { permittedUsersPolicyType: "AdminApprovedPreAuthorized" }),
    },
    { what: "policies.ipRelaxation", make: () => edit(policiesType, { ipRelaxationPolicyType: "Bypass" }) },
    {
      what: "policies.refreshTokenPolicy",
      make: () => edit(policiesType, { refreshTokenPolicyType: "Zero" }),
    },
    {
      what: "policies.refreshTokenValidityPeriod",
      make: () => edit(policiesType, { refreshTokenValidityPeriod: 1 }),
    },
    {
      what: "policies.refreshTokenValidityUnit",
      make: () => edit(policiesType, { refreshTokenValidityUnit: "Hours" }),
    },
  ])("$what", (change) => expectRepaired(stack, change, components, "messaging-app"));
});

describe("the OAuth consumer", () => {
  /** Salesforce's staged rotation: a new pair is staged, then rotated in. */
  async function rotate(): Promise<void> {
    const [{ id: appId = "" } = {}] = await metadata.list({ type: appType });
    const path = `/apps/oauth/credentials/${appId}`;
    const { consumers } = await vendors.salesforceApi.request(path);
    const [{ id }] = consumers as [{ id: string }];
    const staging = {
      method: "POST",
      url: `${path}/${id}/staged`,
      body: "{}",
      headers: { "content-type": "application/json" },
    };
    const { stagedCredentials } = await vendors.salesforceApi.request(staging);
    const [staged] = stagedCredentials as [{ id: string }];
    await vendors.salesforceApi.request({
      method: "PATCH",
      url: `${path}/${id}/staged/${staged.id}`,
      body: JSON.stringify({ command: "rotate" }),
      headers: { "content-type": "application/json" },
    });
  }

  test("a rotation by hand is passed on to Genesys and to the page", async () => {
    const { pageContract: before } = await stack.outputs();
    await expectRecovered(stack, rotate, "update messaging-credential");
    const [consumer] = vendors.everything().consumers;
    const { fields } = only(vendors.everything().credentials);
    expect(fields).toEqual({ clientId: consumer?.key, clientSecret: consumer?.secret });
    const { pageContract } = await stack.outputs();
    expect(pageContract).toEqual({ ...before, clientId: consumer?.key });
    expect(pageContract).not.toEqual(before);
  });
});

describe("a component deleted by hand is made anew, and the members that depend on it follow", () => {
  async function remove(type: string): Promise<void> {
    const [{ fullName = "" } = {}] = await metadata.list({ type });
    await metadata.delete(type, fullName);
  }

  test("OAuth settings", () => expectRecovered(stack, () => remove(oauthType), "update messaging-app"));

  test("global OAuth settings, and with them key and secret", () =>
    expectRecovered(stack, () => remove(globalType), "update messaging-app", "update messaging-credential"));

  test("the app itself", async () => {
    const { deploymentId } = await stack.outputs();
    await expectRecovered(
      stack,
      () => remove(appType),
      "create messaging-app",
      "update messaging-credential",
    );
    expect((await stack.outputs()).deploymentId).toBe(deploymentId);
  });

  test("nothing of it is left", async () => {
    expect(await vendors.objects()).toEqual(oneSet);
    await expectNoDrift(stack);
  });
});
