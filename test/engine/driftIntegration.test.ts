import { describe, expect, test } from "vitest";
import { eventually } from "../sandbox/genesysOrg.ts";
import { expectNoDrift, expectRecovered, expectRepaired, only } from "./drift.ts";
import { openStack, succeeded } from "./stack.ts";
import { logIns, oneSet, settingsFor, startVendors } from "./vendors.ts";

const vendors = await startVendors();
const { genesysApi } = vendors;
const stack = await openStack({ settings: settingsFor(vendors), environment: logIns });
await succeeded(stack.up());

const credentials = "/integrations/credentials";
const mark = "[managed by pulumi: authenticated-messaging/test/messaging]";

/** The set's credential; what a person sees of it hides the fields. */
const credential = () => {
  const { id, name, type, fields } = only(vendors.genesys.store.state.credentials);
  return { id, name, type, fields };
};

/** A credential can only be written whole. */
function rewrite(change: { name?: string; type?: string; fields?: object }): Promise<unknown> {
  const { id, name, type, fields } = { ...credential(), ...change };
  return genesysApi("PUT", `${credentials}/${id}`, { name, type: { name: type }, credentialFields: fields });
}

describe("a change of the credential made by hand is reported, and repaired by up", () => {
  const { fields } = credential();

  test.each([
    { what: "owner", make: () => rewrite({ name: "Customer sign-in" }) },
    { what: "name", make: () => rewrite({ name: `Renamed ${mark}` }) },
    { what: "clientId", make: () => rewrite({ fields: { ...fields, clientId: "another" } }) },
    { what: "clientSecret", make: () => rewrite({ fields: { ...fields, clientSecret: "another" } }) },
    { what: "type", make: () => rewrite({ type: "pureCloudOAuthClient" }) },
  ])("$what", (change) => expectRepaired(stack, change, credential, "messaging-credential"));
});

/** The set's integration, without the number of its configuration, which grows with every write. */
const integration = () => {
  const { id, intendedState, config } = only(vendors.genesys.store.state.integrations);
  const { version, ...rest } = config;
  return { id, intendedState, ...rest };
};

/** Makes another credential in which nothing is wrong but that it is not the set's. */
async function anotherCredential(): Promise<string> {
  const { type, fields } = credential();
  const body = { name: "by hand", type: { name: type }, credentialFields: fields };
  return (await genesysApi("POST", credentials, body)).id;
}

async function editConfig(change: object): Promise<void> {
  const path = `/integrations/${integration().id}/config/current`;
  await genesysApi("PUT", path, { ...(await genesysApi("GET", path)), ...change });
}

describe("a change of the integration made by hand is reported, and repaired by up", () => {
  const { id, properties, credentials: declared } = integration();
  const [key = ""] = Object.keys(declared);

  test.each([
    { what: "owner", make: () => editConfig({ notes: "Sign-in of the test page" }) },
    { what: "name", make: () => editConfig({ name: "Renamed" }) },
    { what: "notes", make: () => editConfig({ notes: `Another text ${mark}` }) },
    {
      what: "discoveryUrl",
      make: () =>
        editConfig({
          properties: {
            ...properties,
            discoveryUri: "https://elsewhere.example/.well-known/openid-configuration",
          },
        }),
    },
    {
      what: "properties",
      make: () => editConfig({ properties: { ...properties, maxRefreshTokenLifetime: 900 } }),
    },
    {
      what: "properties, one removed",
      make: () => editConfig({ properties: { discoveryUri: properties.discoveryUri } }),
    },
    {
      what: "enabled",
      make: () => genesysApi("PATCH", `/integrations/${id}`, { intendedState: "DISABLED" }),
    },
  ])("$what", (change) => expectRepaired(stack, change, integration, "messaging-integration"));

  test("credentialId", async () => {
    const other = await anotherCredential();
    const make = () => editConfig({ credentials: { [key]: { id: other } } });
    await expectRepaired(stack, { what: "credentialId", make }, integration, "messaging-integration");
    await genesysApi("DELETE", `${credentials}/${other}`);
  });
});

describe("a member deleted by hand is made anew, and those that depend on it follow", () => {
  test("credential, without which Genesys reports the integration in error", async () => {
    const path = `/integrations/${integration().id}`;
    const remove = async () => {
      await genesysApi("DELETE", `${credentials}/${credential().id}`);
      await eventually(
        () => genesysApi("GET", path),
        ({ reportedState }) => reportedState.code === "ERROR",
      );
    };
    await expectRecovered(stack, remove, "create messaging-credential", "update messaging-integration");
    expect((await genesysApi("GET", path)).reportedState.code).toBe("ACTIVE");
  });

  test("integration", async () => {
    const { deploymentId } = await stack.outputs();
    await expectRecovered(
      stack,
      () => genesysApi("DELETE", `/integrations/${integration().id}`),
      "create messaging-integration",
      "update messaging-configuration",
      "update messaging-deployment",
    );
    expect((await stack.outputs()).deploymentId).toBe(deploymentId);
  });

  test("nothing of it is left", async () => {
    expect(await vendors.objects()).toEqual(oneSet);
    await expectNoDrift(stack);
  });
});
