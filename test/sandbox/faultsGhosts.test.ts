import { describe, expect, test } from "vitest";
import { salesforceAdmin } from "../../sandbox/accounts.ts";
import { faults } from "../../sandbox/faults/index.ts";
import { describedOperations } from "../../sandbox/genesys/description.ts";
import { METADATA_TYPES } from "../../sandbox/salesforce/metadata/calls.ts";
import { outcome, startSet, type TestSet } from "./faultsSet.ts";
import {
  activeDraft,
  CREDENTIAL,
  credentialBody,
  deploymentActive,
  draftActive,
  eventually,
  OIDC,
  publish,
} from "./genesysOrg.ts";
import { APP, createApp } from "./salesforceOrg.ts";

/** Makes one member anew, deletes the old one, and lets the other members and the page follow. */
const recreate: Record<string, (set: TestSet) => Promise<void>> = {
  "eca-ghost": async (set) => {
    const { api } = set.salesforce;
    expect((await api.metadata.delete("ExternalClientApplication", APP)).success).toBe(true);
    set.client = await createApp(set.salesforce);
    const body = credentialBody("c", set.client.clientId, set.client.clientSecret);
    await did(set, "PUT", `/integrations/credentials/${set.ids.credentialId}`, body);
  },
  "credential-ghost": async (set) => {
    const old = set.ids.credentialId;
    set.ids.credentialId = await newCredential(set);
    await configure(set, set.ids.integrationId);
    await did(set, "DELETE", `/integrations/credentials/${old}`);
  },
  "integration-ghost": async (set) => {
    const old = set.ids.integrationId;
    set.ids.integrationId = (await did(set, "POST", "/integrations", { integrationType: { id: OIDC } })).id;
    await configure(set, set.ids.integrationId);
    await did(set, "PATCH", `/integrations/${set.ids.integrationId}`, { intendedState: "ENABLED" });
    const { configurationId } = set.ids;
    await did(set, "PUT", `/webdeployments/configurations/${configurationId}/versions/draft`, messenger(set));
    await draftActive(set.genesys, configurationId);
    await deploy(set, (await publish(set.genesys, configurationId)).body.version);
    await did(set, "DELETE", `/integrations/${old}`);
    await eventually(
      () => set.genesys.api("GET", `/integrations/${set.ids.integrationId}`),
      ({ body }) => body.reportedState.code === "ACTIVE",
    );
  },
  "configuration-ghost": async (set) => {
    const old = set.ids.configurationId;
    set.ids.configurationId = await activeDraft(set.genesys, messenger(set));
    await deploy(set, (await publish(set.genesys, set.ids.configurationId)).body.version);
    await did(set, "DELETE", `/webdeployments/configurations/${old}`);
  },
  "deployment-ghost": async (set) => {
    const path = "/webdeployments/deployments";
    const { configuration } = await did(set, "GET", `${path}/${set.ids.deploymentId}`);
    await did(set, "DELETE", `${path}/${set.ids.deploymentId}`);
    const { id, version } = configuration;
    const body = { name: "site", allowedDomains: ["shop.example"], configuration: { id, version } };
    set.ids.deploymentId = (await did(set, "POST", path, body)).id;
    await deploymentActive(set.genesys, set.ids.deploymentId);
  },
};

async function did({ genesys }: TestSet, method: string, path: string, body?: unknown) {
  const answer = await genesys.api(method, path, body);
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

async function newCredential(set: TestSet): Promise<string> {
  const { clientId, clientSecret } = set.client;
  return (await did(set, "POST", "/integrations/credentials", credentialBody("c", clientId, clientSecret)))
    .id;
}

async function configure(set: TestSet, integrationId: string) {
  const path = `/integrations/${integrationId}/config/current`;
  const { version } = await did(set, "GET", path);
  await did(set, "PUT", path, {
    name: "sign-in",
    version,
    properties: { discoveryUri: set.discoveryUrl },
    advanced: {},
    notes: "",
    credentials: { [CREDENTIAL]: { id: set.ids.credentialId } },
  });
}

const messenger = ({ ids }: TestSet) => ({
  name: "messenger",
  authenticationSettings: { enabled: true, integrationId: ids.integrationId },
});

async function deploy(set: TestSet, version: string) {
  await did(set, "PUT", `/webdeployments/deployments/${set.ids.deploymentId}`, {
    name: "site",
    allowedDomains: ["shop.example"],
    configuration: { id: set.ids.configurationId, version },
  });
  await deploymentActive(set.genesys, set.ids.deploymentId);
}

/** Every answer that a read of either vendor gives about the set, by what was asked. */
async function everyRead(set: TestSet): Promise<Record<string, string>> {
  const urls = [...genesysReads(set), ...(await salesforceReads(set))];
  const answers = urls.map(async ([url, token]) => {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status, url).toBe(200);
    return [url, await answer.text()];
  });
  const { metadata } = set.salesforce.api;
  const components = METADATA_TYPES.map(async ({ name }) => {
    const listed = await metadata.list({ type: name === "ExternalClientAppSettings" ? "Settings" : name });
    const names = [listed ?? []].flat().map(({ fullName = "" }) => fullName);
    return [name, JSON.stringify([listed, names.length > 0 && (await metadata.read(name, names))])];
  });
  return Object.fromEntries(await Promise.all([...answers, ...components]));
}

function genesysReads({ genesys, token, ids }: TestSet): [url: string, token: string][] {
  const values: Record<string, string> = { ...ids, versionId: "1", typeId: OIDC, configType: "properties" };
  const reads = describedOperations({ ignoreUnknown: false }).filter(({ method }) => method === "GET");
  const paths = reads.map(({ route }) => route.replaceAll(/:(\w+)/g, (_, name) => values[name] ?? name));
  const files = ["config.json", "domains.json"].map(
    (file) => `/webdeployments/v1/deployments/${ids.deploymentId}/${file}`,
  );
  return [...paths, ...files].map((path) => [genesys.url + path, token]);
}

async function salesforceReads({ salesforce }: TestSet): Promise<[url: string, token: string][]> {
  const soql = "SELECT Id, DeveloperName, LastModifiedDate FROM ExternalClientApplication";
  const [app] = (await salesforce.api.query(soql)).records;
  const data = "/services/data/v66.0";
  const credentials = `${data}/apps/oauth/credentials/${app?.Id}`;
  const { consumers } = (await salesforce.api.request(credentials)) as { consumers: { id: string }[] };
  const paths = [
    "/.well-known/openid-configuration",
    "/id/keys",
    "/services/oauth2/userinfo",
    `${data}/query?q=${encodeURIComponent(soql)}`,
    `${data}/apps/oauth/usage`,
    credentials,
    `${credentials}/${consumers[0]?.id}?part=keyandsecret`,
    `${credentials}/${consumers[0]?.id}/staged`,
  ];
  return paths.map((path) => [salesforce.url + path, salesforceAdmin.accessToken]);
}

const names = faults.filter(({ kind }) => kind === "ghost").map(({ name }) => name);

test("there is one ghost for each member", () => {
  expect(names.toSorted()).toEqual(Object.keys(recreate).toSorted());
});

describe.each(names)("%s", (name) => {
  test("no read shows it, only the exchange fails; off heals", async () => {
    const set = await startSet();
    const before = await everyRead(set);
    set.faults.on(name);
    expect(await outcome(set)).toBe("refused_by_fault");
    expect(set.ledger.entries.at(-1)).toMatchObject({ faults: [name], text: expect.stringContaining(name) });
    expect(await everyRead(set)).toEqual(before);
    set.faults.off(name);
    expect(await outcome(set)).toBe("works");
  });

  test("recreating any other member does not cure it, recreating this one does", async () => {
    const set = await startSet();
    set.faults.on(name);
    for (const other of names.filter((candidate) => candidate !== name)) {
      await recreate[other]?.(set);
      expect(await outcome(set), `after recreation because of ${other}`).toBe("refused_by_fault");
    }
    await recreate[name]?.(set);
    expect(await outcome(set)).toBe("works");
  });
});

test("new values in place do not cure it, and a healthy set beside it is not touched", async () => {
  const set = await startSet();
  set.faults.on("credential-ghost");
  const body = credentialBody("c", set.client.clientId, set.client.clientSecret);
  await did(set, "PUT", `/integrations/credentials/${set.ids.credentialId}`, body);
  expect(await outcome(set)).toBe("refused_by_fault");

  set.ids.credentialId = await newCredential(set);
  await configure(set, set.ids.integrationId);
  expect(await outcome(set)).toBe("works");
});

test("a ghost haunts now and then, when it was told to", async () => {
  const set = await startSet();
  set.faults.on("eca-ghost", { nth: 2, count: 2 });
  const outcomes = [];
  for (let n = 0; n < 4; n += 1) outcomes.push(await outcome(set));
  expect(outcomes).toEqual(["works", "refused_by_fault", "refused_by_fault", "works"]);
});
