import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { choose } from "../../sandbox/assumption.ts";
import { assumptions } from "../../sandbox/assumptions.ts";
import { eventually } from "../sandbox/genesysOrg.ts";
import { expectNoDrift, expectRecovered, expectRepaired, only } from "./drift.ts";
import { openStack, succeeded } from "./stack.ts";
import { logIns, oneSet, settingsFor, startVendors } from "./vendors.ts";

// A person can empty the list of domains only where Genesys lets them.
const genesys = choose(assumptions.genesys, { emptyDomainList: "allowed" });
const vendors = await startVendors({ assumptions: { ...assumptions, genesys } });
const { genesysApi } = vendors;
const settings = settingsFor(vendors);
const stack = await openStack({
  program: join(import.meta.dirname, "programs", "full"),
  settings,
  environment: logIns,
});
await succeeded(stack.up());

const mark = "[managed by pulumi: full/test/messaging]";
const configurations = "/webdeployments/configurations";
const stored = () => only(vendors.genesys.store.state.configurations);

/** What visitors are served, and the draft. */
const configuration = () => {
  const { id, draft, published } = stored();
  return { id, draft, served: published.at(-1)?.document };
};

async function editDraft(change: object, id = stored().id): Promise<void> {
  const path = `${configurations}/${id}/versions/draft`;
  const { status, version, dateCreated, dateModified, selfUri, ...draft } = await genesysApi("GET", path);
  await genesysApi("PUT", path, { ...draft, ...change });
  await eventually(
    () => genesysApi("GET", path),
    (seen) => seen.status === "Active",
  );
}

async function publish(change: object): Promise<void> {
  await editDraft(change);
  await genesysApi("POST", `${configurations}/${stored().id}/versions/draft/publish`);
}

describe("a change of the configuration published by hand is reported, and repaired by up", () => {
  const { messenger, authenticationSettings: authentication } = stored().draft as Record<string, object>;
  const elsewhere = "00000000-0000-4000-8000-000000000009";

  test.each([
    { what: "owner", change: { description: settings.description } },
    { what: "name", change: { name: "Renamed" } },
    { what: "description", change: { description: `Another text ${mark}` } },
    {
      what: "integrationId",
      change: { authenticationSettings: { ...authentication, integrationId: elsewhere } },
    },
    {
      what: "integrationId, switched off",
      change: { authenticationSettings: { ...authentication, enabled: false } },
    },
    {
      what: "sessionUpgrade",
      change: { authenticationSettings: { ...authentication, allowSessionUpgrade: true } },
    },
    { what: "languages", change: { languages: ["en-us"] } },
    { what: "defaultLanguage", change: { defaultLanguage: "de" } },
    { what: "messenger", change: { messenger: { ...messenger, styles: { primaryColor: "#ff0000" } } } },
    { what: "position", change: { position: { alignment: "Left", sideSpace: 20 } } },
    { what: "headlessMode", change: { headlessMode: { enabled: true } } },
    { what: "cobrowse", change: { cobrowse: { enabled: true, maskSelectors: [] } } },
    { what: "journeyEvents", change: { journeyEvents: { enabled: true, pageviewConfig: "Off" } } },
    { what: "supportCenter", change: { supportCenter: { enabled: true } } },
    { what: "video", change: { video: { enabled: true } } },
    { what: "customI18nLabels", change: { customI18nLabels: [] } },
  ])("$what", ({ what, change }) =>
    // The deployment is moved to the version that the repair publishes.
    expectRepaired(
      stack,
      { what, make: () => publish(change) },
      configuration,
      "messaging-configuration",
      "messaging-deployment",
    ),
  );
});

describe("drafts and versions", () => {
  test("a draft edited and not published is put back, and nothing is published", async () => {
    const { length } = stored().published;
    await expectRecovered(stack, () => editDraft({ languages: ["en-us"] }), "update messaging-configuration");
    expect(configuration().draft).toEqual(configuration().served);
    expect(stored().published).toHaveLength(length);
  });

  test("a newer version published by hand, with the same settings, is what the deployment moves to", async () => {
    await expectRecovered(stack, () => publish({}), "update messaging-deployment");
    expect(deployment().configuration.version).toBe(String(stored().published.length));
  });
});

/** The set's deployment, without dates and the number of the version. */
const deployment = () => {
  const { id, name, description, allowAllDomains, allowedDomains, flow, configuration, intendedStatus } =
    only(vendors.genesys.store.state.deployments);
  return { id, name, description, allowAllDomains, allowedDomains, flow, configuration, intendedStatus };
};

async function edit(change: object): Promise<void> {
  const path = `/webdeployments/deployments/${deployment().id}`;
  const { snippet, dateCreated, dateModified, selfUri, id, ...body } = await genesysApi("GET", path);
  await genesysApi("PUT", path, { ...body, ...change });
}

describe("a change of the deployment made by hand is reported, and repaired by up", () => {
  const anotherFlow = { id: "00000000-0000-4000-8000-000000000007" };

  test.each([
    { what: "owner", change: { description: settings.description } },
    { what: "name", change: { name: "Renamed" } },
    { what: "description", change: { description: `Another text ${mark}` } },
    { what: "allowedDomains", change: { allowedDomains: ["elsewhere.example"] } },
    { what: "allowedDomains, emptied", change: { allowedDomains: [] } },
    { what: "allowAllDomains", change: { allowAllDomains: true, allowedDomains: [] } },
    { what: "flowId", change: { flow: anotherFlow } },
    { what: "flowId, removed", change: { flow: undefined } },
    { what: "status", change: { status: "Inactive" } },
  ])("$what", ({ what, change }) =>
    expectRepaired(stack, { what, make: () => edit(change) }, deployment, "messaging-deployment"),
  );

  test("configurationId", async () => {
    const { id, served } = configuration();
    const other = (await genesysApi("POST", configurations, { ...served, name: "by hand" })).id;
    await editDraft({}, other);
    await genesysApi("POST", `${configurations}/${other}/versions/draft/publish`);
    const make = () => edit({ configuration: { id: other, version: "1" } });
    await expectRepaired(stack, { what: "configurationId", make }, deployment, "messaging-deployment");
    expect(deployment().configuration.id).toBe(id);
    await genesysApi("DELETE", `${configurations}/${other}`);
  });

  test("configurationVersion", () => {
    const make = () => edit({ configuration: { id: stored().id, version: "1" } });
    return expectRepaired(stack, { what: "version", make }, deployment, "messaging-deployment");
  });
});

describe("a member deleted by hand is made anew, and those that depend on it follow", () => {
  test("configuration", async () => {
    const { pageContract } = await stack.outputs();
    await expectRecovered(
      stack,
      () => genesysApi("DELETE", `${configurations}/${stored().id}`),
      "create messaging-configuration",
      "update messaging-deployment",
    );
    expect((await stack.outputs()).pageContract).toEqual(pageContract);
  });

  test("deployment, which changes the page contract", async () => {
    const { pageContract } = await stack.outputs();
    const remove = () => genesysApi("DELETE", `/webdeployments/deployments/${deployment().id}`);
    await expectRecovered(stack, remove, "create messaging-deployment");
    const { id: deploymentId } = deployment();
    expect(deploymentId).not.toBe(pageContract.deploymentId);
    expect((await stack.outputs()).pageContract).toEqual({ ...pageContract, deploymentId });
  });

  test("nothing of it is left", async () => {
    expect(await vendors.objects()).toEqual(oneSet);
    await expectNoDrift(stack);
  });
});
