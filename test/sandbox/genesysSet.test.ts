import platformClient from "purecloud-platform-client-v2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { genesysClient } from "../../sandbox/accounts.ts";
import { eventually, startOrg, type TestOrg } from "./genesysOrg.ts";
import { startProvider, type TestProvider } from "./genesysProvider.ts";

/** The vendor's own SDK, unchanged, builds a set, lets a visitor sign in, and takes the set down. */
const { ApiClient, IntegrationsApi, WebDeploymentsApi } = platformClient;
const client = ApiClient.instance;
const integrations = new IntegrationsApi();
const webDeployments = new WebDeploymentsApi();

let org: TestOrg;
let provider: TestProvider;

beforeAll(async () => {
  [org, provider] = await Promise.all([startOrg(), startProvider()]);
  client.config.setConfigPath("");
  client.setGateway({
    host: "127.0.0.1",
    protocol: "http",
    port: org.port,
    path_params_login: "",
    path_params_api: "",
  });
  await client.loginClientCredentialsGrant(genesysClient.clientId, genesysClient.clientSecret);
});
afterAll(() => Promise.all([org.stop(), provider.stop()]));

test("the SDK walks the whole set", async () => {
  const { typeId, discoveryKey, credentialKey, credentialType } = await resolveType();
  const credential = await integrations.postIntegrationsCredentials({
    body: {
      name: "sign-in client",
      type: { name: credentialType },
      credentialFields: { clientId: provider.client.id, clientSecret: provider.client.secret },
    },
  });
  const integrationId = await activeIntegration(typeId, {
    properties: { [discoveryKey]: provider.discoveryUrl },
    credentials: { [credentialKey]: { id: credential.id } },
  });
  const { configurationId, version } = await publishedConfiguration(integrationId);
  const deploymentId = await activeDeployment(configurationId, version);
  await signIn(deploymentId);

  await webDeployments.deleteWebdeploymentsDeployment(deploymentId);
  await webDeployments.deleteWebdeploymentsConfiguration(configurationId);
  expect((await integrations.deleteIntegration(integrationId)).intendedState).toBe("DELETED");
  await integrations.deleteIntegrationsCredential(credential.id ?? "");
  for (const gone of [
    () => webDeployments.getWebdeploymentsDeployment(deploymentId),
    () => webDeployments.getWebdeploymentsConfigurationVersionsDraft(configurationId),
    () => integrations.getIntegration(integrationId),
    () => integrations.getIntegrationsCredential(credential.id ?? ""),
  ]) {
    await expect(gone()).rejects.toMatchObject({ status: 404, code: "not.found" });
  }
  const counts = await (await fetch(`${org.url}/_sandbox/objects`)).json();
  expect(counts).toEqual({ credentials: 0, integrations: 0, configurations: 0, deployments: 0 });
});

/** As a client must: by display name through the pages, then the key names from type and schema. */
async function resolveType() {
  for (let pageNumber = 1; ; pageNumber += 1) {
    const page = await integrations.getIntegrationsTypes({ pageNumber });
    const found = page.entities?.find(({ name }) => name === "OpenID Connect Messenger Configuration");
    if (!found) {
      expect(pageNumber).toBeLessThan(page.pageCount ?? 0);
      continue;
    }
    expect(found.category).toBe("WebDeployments");
    const type = await integrations.getIntegrationsType(found.id);
    const schema = await integrations.getIntegrationsTypeConfigschema(found.id, "properties");
    const [credentialKey = "", specification] = Object.entries(type.credentials ?? {})[0] ?? [];
    const credentialType = specification?.credentialTypes?.[0] ?? "";
    const types = await integrations.getIntegrationsCredentialsTypes();
    const names = (types as { name?: string }[]).map(({ name }) => name);
    expect(names).toContain(credentialType);
    return { typeId: found.id, discoveryKey: schema.required?.[0] ?? "", credentialKey, credentialType };
  }
}

async function activeIntegration(typeId: string, config: { properties: object; credentials: object }) {
  const { id = "" } = await integrations.postIntegrations({
    body: { name: "sign-in", integrationType: { id: typeId } },
  });
  const current = await integrations.getIntegrationConfigCurrent(id);
  const body = { ...current, ...config } as typeof current;
  const written = await integrations.putIntegrationConfigCurrent(id, { body });
  expect(written.version).toBe((current.version ?? 0) + 1);
  const patched = await integrations.patchIntegration(id, { body: { intendedState: "ENABLED" } });
  expect(patched.reportedState?.code).toBe("ACTIVATING");
  await eventually(
    () => integrations.getIntegration(id),
    ({ reportedState }) => reportedState?.code === "ACTIVE",
  );
  const listed = await integrations.getIntegrations({ integrationType: typeId });
  expect(listed.entities?.map((entity) => entity.id)).toEqual([id]);
  return id;
}

async function publishedConfiguration(integrationId: string) {
  const draft = await webDeployments.postWebdeploymentsConfigurations({
    name: "messenger",
    languages: ["en-us"],
    defaultLanguage: "en-us",
    messenger: { enabled: true },
    authenticationSettings: { enabled: true, integrationId },
  });
  expect([draft.version, draft.status]).toEqual(["DRAFT", "Pending"]);
  const configurationId = draft.id ?? "";
  await eventually(
    () => webDeployments.getWebdeploymentsConfigurationVersionsDraft(configurationId),
    ({ status }) => status === "Active",
  );
  const { version = "" } =
    await webDeployments.postWebdeploymentsConfigurationVersionsDraftPublish(configurationId);
  return { configurationId, version };
}

async function activeDeployment(configurationId: string, version: string) {
  const { id = "", status } = await webDeployments.postWebdeploymentsDeployments({
    name: "site",
    allowedDomains: ["shop.example"],
    configuration: { id: configurationId, version },
  });
  expect(status).toBe("Pending");
  await eventually(
    () => webDeployments.getWebdeploymentsDeployment(id),
    (deployment) => deployment.status === "Active",
  );
  return id;
}

async function signIn(deploymentId: string) {
  const redirectUri = "https://shop.example/";
  const oauth = { code: provider.code({ redirectUri }), redirectUri };
  const tokens = await webDeployments.postWebdeploymentsTokenOauthcodegrantjwtexchange({
    deploymentId,
    oauth,
  });
  expect(tokens.jwt).toEqual(expect.any(String));
  const refreshToken = tokens.refreshToken ?? "";
  const refreshed = await webDeployments.postWebdeploymentsTokenRefresh({
    body: { refreshToken, deploymentId },
  });
  expect(refreshed.jwt).toEqual(expect.any(String));
}
