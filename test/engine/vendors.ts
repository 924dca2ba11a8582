import { afterAll } from "vitest";
import { genesysClient, salesforceAdmin } from "../../sandbox/accounts.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox/sandbox.ts";
import { logIn, send } from "../sandbox/genesysOrg.ts";
import { connect } from "../sandbox/salesforceOrg.ts";

/** How the stacks of these tests log in, as in a pipeline: by environment variables. */
export const logIns = {
  GENESYSCLOUD_OAUTHCLIENT_ID: genesysClient.clientId,
  GENESYSCLOUD_OAUTHCLIENT_SECRET: genesysClient.clientSecret,
  SALESFORCE_CLIENT_ID: salesforceAdmin.clientId,
  SALESFORCE_CLIENT_SECRET: salesforceAdmin.clientSecret,
};

/**
 * Both vendors on loopback for as long as the test file runs, and the ways in which a person changes things there
 * behind Pulumi's back.
 */
export async function startVendors(options: SandboxOptions = {}) {
  // Tests ask more often than any real client.
  const limits = { requestsPerMinute: Infinity, loginsPerMinute: Infinity };
  const sandbox = await startSandbox({ limits, ...options });
  afterAll(sandbox.stop);
  const { genesysUrl, salesforceUrl } = sandbox;
  const token = (await logIn(genesysUrl, genesysClient)).body.access_token;
  return {
    ...sandbox,
    salesforceApi: connect(salesforceUrl),
    /** One request to the Genesys API that must succeed; paths begin after `/api/v2`. */
    async genesysApi(method: string, path: string, body?: unknown) {
      const url = `${genesysUrl}/api/v2${path}`;
      const answer = await send(url, method, body, { authorization: `Bearer ${token}` });
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    /** All objects of both vendors that a set is made of, as they are now. */
    everything() {
      const { credentials, integrations, configurations, deployments } = sandbox.genesys.store.state;
      const { components, consumers } = sandbox.salesforce.store.state;
      return structuredClone({
        credentials,
        integrations,
        configurations,
        deployments,
        components,
        consumers,
      });
    },
    /** How many objects of each kind there are at both vendors. */
    async objects(): Promise<Record<string, number>> {
      const counts = [genesysUrl, salesforceUrl].map(async (url) =>
        (await fetch(`${url}/_sandbox/objects`)).json(),
      );
      return Object.assign({}, ...(await Promise.all(counts)));
    },
  };
}

export type Vendors = Awaited<ReturnType<typeof startVendors>>;

/** As Salesforce's Setup does it: reads the one component of a type, changes fields, saves it. */
export async function editComponent({ salesforceApi }: Vendors, type: string, fields: object): Promise<void> {
  const { metadata } = salesforceApi;
  const [{ fullName = "" } = {}] = await metadata.list({ type });
  const present = await metadata.read(type, fullName);
  const { success, errors } = await metadata.update(type, inOrder({ ...present, ...fields }));
  if (!success) throw new Error(JSON.stringify(errors));
}

/** The schema wants the full name first and all else by the alphabet; rotation is never asked for here. */
export function inOrder({
  fullName,
  shouldRotateConsumerKey,
  shouldRotateConsumerSecret,
  ...fields
}: Record<string, unknown>) {
  const sorted = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return { fullName, ...Object.fromEntries(sorted) };
}

/** What one set consists of at the vendors, and what none does. */
export const oneSet = {
  ConnectedApp: 0,
  ExternalClientApplication: 1,
  ExtlClntAppOauthSettings: 1,
  ExtlClntAppGlobalOauthSettings: 1,
  ExtlClntAppOauthConfigurablePolicies: 1,
  ExtlClntAppConfigurablePolicies: 1,
  OAuthConsumer: 1,
  credentials: 1,
  integrations: 1,
  configurations: 1,
  deployments: 1,
};

export function sets(count: number): Record<string, number> {
  return Object.fromEntries(Object.entries(oneSet).map(([kind, number]) => [kind, number * count]));
}

/** A stack configuration in which every setting of the set is declared. */
export function settingsFor({
  salesforceUrl,
  genesysUrl,
  webPageUrl,
}: Pick<Sandbox, "salesforceUrl" | "genesysUrl" | "webPageUrl">) {
  return {
    salesforceInstanceUrl: salesforceUrl,
    genesysRegion: "us-east-1",
    genesysGatewayUrl: genesysUrl,
    displayName: "Customer sign-in",
    developerName: "Customer_sign_in",
    contactEmail: "crm-team@sandbox.example",
    description: "Sign-in of the test page",
    callbackUrls: [`${webPageUrl}/signed-in`, "https://shop.example/signed-in"],
    scopes: ["openid", "profile", "email", "refresh_token"],
    idToken: {
      validityInMinutes: 5,
      includeStandardClaims: true,
      includeCustomAttributes: false,
      audience: "https://shop.example",
    },
    policies: {
      permittedUsers: "AllSelfAuthorized",
      ipRelaxation: "Enforce",
      refreshTokenPolicy: "SpecificLifetime",
      refreshTokenValidityPeriod: 30,
      refreshTokenValidityUnit: "Days",
    },
    integrationProperties: { maxRefreshTokenLifetime: 86_400 },
    languages: ["en-us", "de"],
    defaultLanguage: "en-us",
    messenger: {
      enabled: true,
      styles: { primaryColor: "#0b5cab" },
      launcherButton: { visibility: "On" },
      apps: { conversations: { enabled: true } },
    },
    allowedDomains: ["shop.example", "127.0.0.1"],
    flowId: "2f6a1b1e-6c3f-4c8d-9d55-0f5e3c1b7a90",
  };
}
