import { genesysClient } from "../../sandbox/accounts.ts";
import { type Choices, choose } from "../../sandbox/assumption.ts";
import { type GenesysAssumptions, genesysAssumptions } from "../../sandbox/assumptions.ts";
import { type Delays, fastDelays } from "../../sandbox/delays.ts";
import type { Limits } from "../../sandbox/genesys/limits.ts";
import { emptyOrg, type GenesysState } from "../../sandbox/genesys/org.ts";
import { startGenesys } from "../../sandbox/genesys/server.ts";
import { Ledger } from "../../sandbox/ledger.ts";
import { RequestLog } from "../../sandbox/requestLog.ts";
import { openStore, type Store } from "../../sandbox/store.ts";

/** An answer of the org. `body` is loosely typed: the org itself checks it against the API description. */
export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read members of many kinds of JSON
  body: any;
}

export interface OrgOptions {
  choices?: Choices<GenesysAssumptions>;
  delays?: Delays;
  limits?: Limits;
  store?: Store<GenesysState>;
}

/** Asynchronous, but quicker than the sandbox's own fast profile. */
const delays: Delays = {
  ...fastDelays,
  integrationActivationMs: 25,
  draftActivationMs: 25,
  deploymentActivationMs: 25,
};

/** Starts an org of its own for a test, with a token of the client that may do everything. */
export async function startOrg(options: OrgOptions = {}) {
  const ledger = new Ledger();
  const log = new RequestLog();
  const store = options.store ?? openStore(undefined, emptyOrg);
  const server = await startGenesys({
    port: 0,
    store,
    delays: options.delays ?? delays,
    assumptions: choose(genesysAssumptions, options.choices ?? {}),
    log,
    ledger,
    // Tests ask more often than any real client, unless the limits are what they are about.
    limits: options.limits ?? { requestsPerMinute: Infinity, loginsPerMinute: Infinity },
  });
  const { url, port, stop } = server;
  const login = await logIn(url, genesysClient);
  const token = String(login.body?.access_token);

  /** One API request; paths begin after `/api/v2`. */
  const api = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send(`${url}/api/v2${path}`, method, body, { authorization: `Bearer ${token}`, ...headers });

  return { url, port, stop, ledger, log, store, token, api };
}

export type TestOrg = Awaited<ReturnType<typeof startOrg>>;

/** What it takes to build something in an org. */
type Api = Pick<TestOrg, "api">;

export async function send(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}

/** Asks the login host for a token by client credentials. */
export async function logIn(
  url: string,
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
  grant = "client_credentials",
): Promise<Answer> {
  const response = await fetch(`${url}/oauth/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: grant }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Polls until `read` gives what is wanted; fails with the last value when that takes longer than 3 s. */
export async function eventually<Value>(read: () => Promise<Value>, wanted: (value: Value) => boolean) {
  const deadline = Date.now() + 3_000;
  for (;;) {
    const value = await read();
    if (wanted(value)) return value;
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(value)} after 3 s.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const OIDC = genesysAssumptions.oidcTypeId.chosen;
export const CREDENTIAL = genesysAssumptions.credentialTypeName.chosen;

export const credentialBody = (name: string, clientId = "client", clientSecret = "secret") => ({
  name,
  type: { name: CREDENTIAL },
  credentialFields: { clientId, clientSecret },
});

/** A draft that is Active, so that it can be published. */
export async function activeDraft(org: Api, body: object): Promise<string> {
  const { id } = (await org.api("POST", "/webdeployments/configurations", body)).body;
  await draftActive(org, id);
  return id;
}

export const draftActive = (org: Api, id: string) =>
  eventually(
    () => org.api("GET", `/webdeployments/configurations/${id}/versions/draft`),
    ({ body }) => body.status === "Active",
  );

export const publish = (org: Api, id: string) =>
  org.api("POST", `/webdeployments/configurations/${id}/versions/draft/publish`);

export const deploymentActive = (org: Api, id: string) =>
  eventually(
    () => org.api("GET", `/webdeployments/deployments/${id}`),
    ({ body }) => body.status === "Active",
  );

/** A whole set whose integration trusts the provider at `discoveryUrl`. */
export async function buildSet(
  org: Api,
  discoveryUrl: string,
  client: { id: string; secret: string },
  properties: object = {},
) {
  const credential = await org.api(
    "POST",
    "/integrations/credentials",
    credentialBody("c", client.id, client.secret),
  );
  const integration = await org.api("POST", "/integrations", { integrationType: { id: OIDC } });
  const integrationPath = `/integrations/${integration.body.id}`;
  await org.api("PUT", `${integrationPath}/config/current`, {
    name: "sign-in",
    version: 1,
    properties: { discoveryUri: discoveryUrl, ...properties },
    advanced: {},
    notes: "",
    credentials: { [CREDENTIAL]: { id: credential.body.id } },
  });
  await org.api("PATCH", integrationPath, { intendedState: "ENABLED" });
  const configurationId = await activeDraft(org, {
    name: "messenger",
    authenticationSettings: { enabled: true, integrationId: integration.body.id },
  });
  const { version } = (await publish(org, configurationId)).body;
  const deployment = await org.api("POST", "/webdeployments/deployments", {
    name: "site",
    allowedDomains: ["shop.example"],
    configuration: { id: configurationId, version },
  });
  await deploymentActive(org, deployment.body.id);
  await eventually(
    () => org.api("GET", integrationPath),
    ({ body }) => body.reportedState.code === "ACTIVE",
  );
  return {
    credentialId: credential.body.id as string,
    integrationId: integration.body.id as string,
    configurationId,
    deploymentId: deployment.body.id as string,
  };
}
