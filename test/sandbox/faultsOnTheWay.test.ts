import { readFileSync } from "node:fs";
import platformClient from "purecloud-platform-client-v2";
import { describe, expect, test } from "vitest";
import { genesysClient, salesforceAdmin } from "../../sandbox/accounts.ts";
import { faults } from "../../sandbox/faults/index.ts";
import { outcome, startSet, type TestSet } from "./faultsSet.ts";
import { credentialBody, draftActive, eventually, logIn, OIDC, send } from "./genesysOrg.ts";
import { APP, connect } from "./salesforceOrg.ts";

const { ApiClient, IntegrationsApi, WebDeploymentsApi } = platformClient;
const integrations = new IntegrationsApi();
const webDeployments = new WebDeploymentsApi();

/** The set, with Genesys's own SDK on it; Salesforce's part of it has jsforce. */
async function begin(): Promise<TestSet> {
  const set = await startSet();
  const client = ApiClient.instance;
  client.config.setConfigPath("");
  const port = Number(new URL(set.genesys.url).port);
  client.setGateway({
    host: "127.0.0.1",
    protocol: "http",
    port,
    path_params_login: "",
    path_params_api: "",
  });
  client.setAccessToken(set.token);
  return set;
}

const app = (name: string) => ({ fullName: name, contactEmail: "team@example.com", label: name });
const postCredential = () => integrations.postIntegrationsCredentials({ body: credentialBody("new") });
const credentialsOf = ({ genesys }: TestSet) => Object.keys(genesys.state.credentials).length;
const appsOf = ({ salesforce }: TestSet) =>
  salesforce.state.components.filter(({ type }) => type === "ExternalClientApplication").length;
const createApp = ({ salesforce }: TestSet) =>
  salesforce.api.metadata.create("ExternalClientApplication", app("Another"));
const readApp = ({ salesforce }: TestSet) =>
  salesforce.api.metadata.read("ExternalClientApplication", APP) as Promise<Record<string, string>>;

describe("refused, and nothing done", () => {
  const refusals: [name: string, status: number, genesys: string, salesforce: string][] = [
    ["request-timeout", 408, "request.timeout", "sf:REQUEST_TIMEOUT"],
    ["rate-limited", 429, "too.many.requests", "sf:REQUEST_LIMIT_EXCEEDED"],
    ["rate-limited-without-retry-after", 429, "too.many.requests", "sf:REQUEST_LIMIT_EXCEEDED"],
    ["rate-limited-until-date", 429, "too.many.requests", "sf:REQUEST_LIMIT_EXCEEDED"],
    ["internal-error", 500, "internal.server.error", "sf:UNKNOWN_EXCEPTION"],
    ["bad-gateway", 502, "bad.gateway", "sf:SERVER_UNAVAILABLE"],
    ["service-unavailable", 503, "service.unavailable", "sf:SERVER_UNAVAILABLE"],
    ["gateway-timeout", 504, "request.timeout", "sf:SERVER_UNAVAILABLE"],
  ];

  test.each(refusals)("%s", async (name, status, code, errorCode) => {
    const set = await begin();
    set.faults.on(name);
    await expect(postCredential()).rejects.toMatchObject({ status, code, contextId: expect.any(String) });
    await expect(createApp(set)).rejects.toMatchObject({ errorCode });
    const rest = await fetch(`${set.salesforce.url}/services/data/v66.0/apps/oauth/usage`);
    expect(rest.status).toBe(status);
    expect(await rest.json()).toEqual([{ errorCode: errorCode.slice(3), message: expect.any(String) }]);
    expect((await logIn(set.genesys.url, genesysClient)).body).toMatchObject({ error: code });
    expect([credentialsOf(set), appsOf(set)]).toEqual([1, 1]);

    set.faults.off(name);
    await postCredential();
    expect((await createApp(set)).success).toBe(true);
  });

  test.each([
    ["rate-limited", /^1$/],
    ["rate-limited-without-retry-after", /^$/],
    ["rate-limited-until-date", /^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/],
  ])("%s: when to come back", async (name, pattern) => {
    const set = await begin();
    set.faults.on(name);
    const { headers } = await set.genesys.api("GET", "/integrations");
    expect(headers.get("retry-after") ?? "").toMatch(pattern);
  });

  test("login-limit is a bad request at Genesys's log-in, and nowhere else", async () => {
    const set = await begin();
    set.faults.on("login-limit", { count: 1 });
    const refused = await logIn(set.genesys.url, genesysClient);
    expect(refused).toMatchObject({ status: 400, body: { error: "invalid_request" } });
    expect(refused.body.error_description).toMatch(/^rate limit exceeded;/);
    await postCredential();
    await ApiClient.instance.loginClientCredentialsGrant(genesysClient.clientId, genesysClient.clientSecret);
  });

  test("request-limit-exceeded is Salesforce's: 403 by REST, a fault by SOAP", async () => {
    const set = await begin();
    set.faults.on("request-limit-exceeded");
    await expect(createApp(set)).rejects.toMatchObject({ errorCode: "sf:REQUEST_LIMIT_EXCEEDED" });
    await expect(set.salesforce.api.query("SELECT Id FROM Organization")).rejects.toMatchObject({
      errorCode: "REQUEST_LIMIT_EXCEEDED",
    });
    await postCredential();
  });

  test("html-answer", async () => {
    const set = await begin();
    set.faults.on("html-answer");
    expect(await postCredential()).toContain("<html>");
    // jsforce finds neither success nor an error in it.
    expect(await createApp(set)).toMatchObject({ success: false, errors: [] });
    expect([credentialsOf(set), appsOf(set)]).toEqual([1, 1]);
  });

  test("connection-reset", async () => {
    const set = await begin();
    set.faults.on("connection-reset");
    await expect(postCredential()).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect(createApp(set)).rejects.toThrow("fetch failed");
    expect([credentialsOf(set), appsOf(set)]).toEqual([1, 1]);
  });

  test("version-conflict: somebody else was first, once", async () => {
    const set = await begin();
    set.faults.on("version-conflict", { count: 1 });
    const { integrationId } = set.ids;
    const put = async () => {
      const body = await integrations.getIntegrationConfigCurrent(integrationId);
      return integrations.putIntegrationConfigCurrent(integrationId, { body });
    };
    await expect(put()).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining("does not match the current version"),
    });
    await put();
  });

  test("unable-to-lock-row: inside an answer of status 200", async () => {
    const set = await begin();
    set.faults.on("unable-to-lock-row", { count: 2 });
    const { metadata } = set.salesforce.api;
    const made = await metadata.create("ExternalClientApplication", [app("One"), app("Two")]);
    expect(made.map(({ fullName, success, errors }) => [fullName, success, errors[0]?.statusCode])).toEqual([
      ["One", false, "UNABLE_TO_LOCK_ROW"],
      ["Two", false, "UNABLE_TO_LOCK_ROW"],
    ]);
    expect((await metadata.delete("ExternalClientApplication", APP)).success).toBe(false);
    expect(appsOf(set)).toBe(1);
    expect((await createApp(set)).success).toBe(true);
  });

  test("delete-refused: as long as another object refers to it", async () => {
    const set = await begin();
    set.faults.on("delete-refused");
    const { credentialId, integrationId, configurationId, deploymentId } = set.ids;
    const deletes = [
      () => integrations.deleteIntegrationsCredential(credentialId),
      () => integrations.deleteIntegration(integrationId),
      () => webDeployments.deleteWebdeploymentsConfiguration(configurationId),
    ];
    for (const remove of deletes) await expect(remove()).rejects.toMatchObject({ status: 409 });
    await webDeployments.deleteWebdeploymentsDeployment(deploymentId);
    for (const remove of deletes.toReversed()) await remove();

    const { metadata } = set.salesforce.api;
    const refused = await metadata.delete("ExternalClientApplication", APP);
    expect(refused.errors[0]?.statusCode).toBe("DEPENDENCY_EXISTS");
    expect(appsOf(set)).toBe(1);
  });

  test("expired-token: a new log-in helps, the old token never again", async () => {
    const set = await begin();
    const { clientId, clientSecret } = salesforceAdmin;
    const tokenAnswer = await fetch(`${set.salesforce.url}/services/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
      }),
    });
    const { access_token: accessToken } = (await tokenAnswer.json()) as { access_token: string };
    const salesforce = connect(set.salesforce.url, { accessToken });
    set.faults.on("expired-token", { count: 1, vendor: "genesys" });
    for (let n = 0; n < 2; n += 1) {
      await expect(postCredential()).rejects.toMatchObject({ status: 401, code: "credentials.expired" });
    }
    await ApiClient.instance.loginClientCredentialsGrant(genesysClient.clientId, genesysClient.clientSecret);
    await postCredential();

    set.faults.on("expired-token", { count: 1, vendor: "salesforce" });
    for (let n = 0; n < 2; n += 1) {
      const read = salesforce.metadata.read("ExternalClientApplication", APP);
      await expect(read).rejects.toMatchObject({ errorCode: "sf:INVALID_SESSION_ID" });
    }
    expect((await readApp(set)).fullName).toBe(APP);
  });
});

describe("done, but the answer goes wrong", () => {
  test("lost-response", async () => {
    const set = await begin();
    set.faults.on("lost-response");
    await expect(postCredential()).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect(createApp(set)).rejects.toThrow("fetch failed");
    expect([credentialsOf(set), appsOf(set)]).toEqual([2, 2]);
  });

  test("lost-response of the identity provider, which answers in its own way", async () => {
    const set = await begin();
    set.faults.on("lost-response", { match: "POST /services/oauth2/token" });
    expect(await outcome(set)).toBe("token_endpoint_unreachable");
    set.faults.off("lost-response");
    expect(await outcome(set)).toBe("works");
  });

  test("truncated-body", async () => {
    const set = await begin();
    set.faults.on("truncated-body");
    const posting = postCredential().then(
      () => "answered",
      () => "failed",
    );
    expect(await posting).toBe("failed");
    // jsforce waits for the rest of such an answer for ever.
    const answer = await fetch(`${set.salesforce.url}/.well-known/openid-configuration`);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow("terminated");
    expect(credentialsOf(set)).toBe(2);
  });

  test("slow-answer", async () => {
    const set = await begin();
    set.faults.on("slow-answer", { milliseconds: 300 });
    const [started, posting] = [Date.now(), postCredential()];
    await eventually(
      async () => credentialsOf(set),
      (count) => count === 2,
    );
    expect(Date.now() - started).toBeLessThan(300);
    await posting;
    expect(Date.now() - started).toBeGreaterThanOrEqual(299);
    await createApp(set);
    expect(Date.now() - started).toBeGreaterThanOrEqual(598);
  });

  test("stopping does not wait for a slow answer", async () => {
    const set = await begin();
    set.faults.on("slow-answer", { milliseconds: 60_000 });
    const posting = expect(postCredential()).rejects.toBeDefined();
    await eventually(
      async () => credentialsOf(set),
      (count) => count === 2,
    );
    const started = Date.now();
    await set.stop();
    await posting;
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  test("unknown-fields", async () => {
    const set = await begin();
    set.faults.on("unknown-fields");
    expect(await integrations.getIntegration(set.ids.integrationId)).toHaveProperty("newInThisRelease");
    const { entities = [] } = await integrations.getIntegrationsCredentials();
    expect(entities[0]).toHaveProperty("newInThisRelease");
    expect(await readApp(set)).toMatchObject({ newInThisRelease: "true", label: "Web messaging" });
    const { records } = await set.salesforce.api.query("SELECT Id FROM ExternalClientApplication");
    expect(records[0]).toHaveProperty("newInThisRelease");
    expect(await outcome(set)).toBe("works");
  });

  test("unknown-enum-values", async () => {
    const set = await begin();
    set.faults.on("unknown-enum-values");
    const { intendedState, reportedState } = await integrations.getIntegration(set.ids.integrationId);
    expect([intendedState, reportedState?.code]).toEqual(["NewInThisRelease", "NewInThisRelease"]);
    const { status } = await webDeployments.getWebdeploymentsDeployment(set.ids.deploymentId);
    expect(status).toBe("NewInThisRelease");
    expect((await readApp(set)).distributionState).toBe("NewInThisRelease");
  });
});

describe("what a read shows is not what there is", () => {
  test("stale-reads: what was before the last write", async () => {
    const set = await begin();
    set.faults.on("stale-reads", { vendor: "genesys" });
    const { id = "" } = await postCredential();
    await expect(integrations.getIntegrationsCredential(id)).rejects.toMatchObject({ status: 404 });
    await integrations.putIntegrationsCredential(id, { body: credentialBody("changed") });
    expect((await integrations.getIntegrationsCredential(id)).name).toBe("new");
    set.faults.off("stale-reads");
    expect((await integrations.getIntegrationsCredential(id)).name).toBe("changed");

    set.faults.on("stale-reads", { count: 1, vendor: "salesforce" });
    const { metadata } = set.salesforce.api;
    await metadata.update("ExternalClientApplication", { ...app(APP), label: "changed" });
    expect((await readApp(set)).label).toBe("Web messaging");
    expect((await readApp(set)).label).toBe("changed");
  });

  test("lists-miss-newest, but the object itself can be read", async () => {
    const set = await begin();
    const { id = "" } = await postCredential();
    const listed = async () => {
      const pages = [
        await integrations.getIntegrationsCredentials(),
        await integrations.getIntegrationsCredentialsListing(),
      ];
      return pages.map(({ entities = [] }) => entities.some((entity) => entity.id === id));
    };
    await createApp(set);
    const apps = async () => {
      const list = await set.salesforce.api.metadata.list({ type: "ExternalClientApplication" });
      const { records } = await set.salesforce.api.query(
        "SELECT DeveloperName FROM ExternalClientApplication",
      );
      return [
        [list].flat().map(({ fullName }) => fullName),
        records.map(({ DeveloperName }) => DeveloperName),
      ];
    };
    set.faults.on("lists-miss-newest");
    expect(await listed()).toEqual([false, false]);
    expect(await apps()).toEqual([[APP], [APP]]);
    expect((await integrations.getIntegrationsCredential(id)).name).toBe("new");
    expect((await readApp(set)).fullName).toBe(APP);
    set.faults.off("lists-miss-newest");
    expect(await listed()).toEqual([true, true]);
    expect(await apps()).toEqual([
      [APP, "Another"],
      [APP, "Another"],
    ]);
  });

  test("lingering-delete: gone only after a while", async () => {
    const set = await begin();
    set.faults.on("lingering-delete", { milliseconds: 200 });
    const { deploymentId } = set.ids;
    const read = () => webDeployments.getWebdeploymentsDeployment(deploymentId);
    await webDeployments.deleteWebdeploymentsDeployment(deploymentId);
    expect((await read()).id).toBe(deploymentId);
    await expect(webDeployments.deleteWebdeploymentsDeployment(deploymentId)).rejects.toMatchObject({
      status: 404,
    });
    await eventually(
      () =>
        read().then(
          () => "there",
          ({ status }) => status,
        ),
      (status) => status === 404,
    );

    await set.salesforce.api.metadata.delete("ExternalClientApplication", APP);
    expect((await readApp(set)).fullName).toBe(APP);
    await eventually(
      () => readApp(set),
      ({ fullName }) => fullName === undefined,
    );
  });

  test("activation-error: an integration, a draft and a deployment", async () => {
    const set = await begin();
    set.faults.on("activation-error", { count: 3 });
    const { id = "" } = await integrations.postIntegrations({
      body: { name: "new", integrationType: { id: OIDC } },
    });
    const patch = (intendedState: string) => integrations.patchIntegration(id, { body: { intendedState } });
    const current = await integrations.getIntegrationConfigCurrent(set.ids.integrationId);
    await integrations.putIntegrationConfigCurrent(id, { body: { ...current, version: 1 } });
    expect((await patch("ENABLED")).reportedState?.code).toBe("ACTIVATING");
    const { configurationId, deploymentId } = set.ids;
    const draft = { name: "messenger" };
    await webDeployments.putWebdeploymentsConfigurationVersionsDraft(configurationId, draft);
    const configuration = { id: configurationId, version: "1" };
    const deployment = { name: "site", allowAllDomains: true, configuration };
    await webDeployments.putWebdeploymentsDeployment(deploymentId, deployment);
    const reads = async () => [
      (await integrations.getIntegration(id)).reportedState?.code,
      (await webDeployments.getWebdeploymentsConfigurationVersionsDraft(configurationId)).status,
      (await webDeployments.getWebdeploymentsDeployment(deploymentId)).status,
    ];
    await eventually(reads, (states) => `${states}` === "ERROR,Error,Error");
    expect(await outcome(set)).toBe("deployment_not_active");

    await patch("DISABLED");
    await patch("ENABLED");
    await webDeployments.putWebdeploymentsConfigurationVersionsDraft(configurationId, draft);
    await draftActive(set.genesys, configurationId);
    await webDeployments.putWebdeploymentsDeployment(deploymentId, deployment);
    await eventually(reads, (states) => `${states}` === "ACTIVE,Active,Active");
    expect(await outcome(set)).toBe("works");
  });
});

describe("when a fault strikes", () => {
  /** Statuses of so many equal requests. */
  async function statuses({ genesys }: TestSet, count: number, path = "/integrations"): Promise<number[]> {
    const answers = [];
    for (let n = 0; n < count; n += 1) answers.push((await genesys.api("GET", path)).status);
    return answers;
  }

  test("once, the nth request, and several from the nth on", async () => {
    const set = await begin();
    set.faults.on("internal-error", { count: 1 });
    expect(await statuses(set, 3)).toEqual([500, 200, 200]);
    set.faults.on("internal-error", { nth: 3 });
    expect(await statuses(set, 5)).toEqual([200, 200, 500, 200, 200]);
    set.faults.on("internal-error", { nth: 2, count: 2 });
    expect(await statuses(set, 5)).toEqual([200, 500, 500, 200, 200]);
    const status = set.faults.list().find(({ name }) => name === "internal-error");
    expect(status?.on).toEqual({ options: { nth: 2, count: 2 }, matched: 5, struck: 2 });
  });

  test("by chance, but the same seed strikes the same requests", async () => {
    const set = await begin();
    const struck = async (seed: number) => {
      set.faults.on("internal-error", { probability: 0.2, seed });
      return (await statuses(set, 50))
        .map((status, index) => (status === 500 ? index : -1))
        .filter((n) => n >= 0);
    };
    const first = await struck(42);
    expect(first.length).toBeGreaterThan(3);
    expect(first.length).toBeLessThan(20);
    expect(await struck(42)).toEqual(first);
    expect(await struck(43)).not.toEqual(first);
  });

  test("requests that do not match are neither struck nor counted", async () => {
    const set = await begin();
    set.faults.on("internal-error", { match: "GET /api/v2/webdeployments", nth: 2 });
    expect(await statuses(set, 2)).toEqual([200, 200]);
    expect(await statuses(set, 2, "/webdeployments/deployments")).toEqual([200, 500]);
    set.faults.on("internal-error", { match: "createMetadata" });
    expect((await readApp(set)).fullName).toBe(APP);
    await expect(createApp(set)).rejects.toMatchObject({ errorCode: "sf:UNKNOWN_EXCEPTION" });
    set.faults.on("internal-error", { vendor: "salesforce" });
    expect(await statuses(set, 1)).toEqual([200]);
  });

  test("several faults at once: each strikes what reaches it", async () => {
    const set = await begin();
    set.faults.on("internal-error", { count: 1 });
    set.faults.on("unknown-fields");
    expect(await statuses(set, 2)).toEqual([500, 200]);
    set.faults.allOff();
    expect(set.faults.idle).toBe(true);
  });

  test("the sandbox's own paths are never struck; a request without an answer is logged with status 0", async () => {
    const set = await begin();
    await send(`${set.genesys.url}/_sandbox/requests`, "DELETE");
    set.faults.on("connection-reset");
    await expect(postCredential()).rejects.toBeDefined();
    const { body } = await send(`${set.genesys.url}/_sandbox/requests`, "GET");
    expect(body.entries).toMatchObject([
      { method: "POST", path: "/api/v2/integrations/credentials", status: 0 },
    ]);
  });
});

test("every fault on the way is tried here", () => {
  const text = readFileSync(import.meta.filename, "utf8");
  const untried = faults.filter(({ kind, name }) => kind === "transport" && !text.includes(`"${name}`));
  expect(untried.map(({ name }) => name)).toEqual([]);
});
