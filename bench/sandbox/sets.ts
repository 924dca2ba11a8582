import { randomUUID } from "node:crypto";
import type { GenesysState } from "../../sandbox/genesys/org.ts";
import { recordId } from "../../sandbox/salesforce/recordId.ts";
import type { SalesforceState } from "../../sandbox/salesforce/state.ts";

/** The ids of one set's members at Genesys. */
export interface SetIds {
  credential: string;
  integration: string;
  configuration: string;
  deployment: string;
}

/** Puts the members of so many sets into both orgs, as if they had been made by requests. */
export function addSets(genesys: GenesysState, salesforce: SalesforceState, count: number): SetIds[] {
  return Array.from({ length: count }, (_, index) => {
    addApp(salesforce, index);
    return addMembers(genesys, index);
  });
}

/** So many access tokens, since Genesys limits the requests of each. */
export function addTokens(genesys: GenesysState, clientId: string, count: number): string[] {
  const tokens = Array.from({ length: count }, () => randomUUID());
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  for (const token of tokens) genesys.accessTokens[token] = { clientId, expiresAt };
  return tokens;
}

function addMembers(state: GenesysState, index: number): SetIds {
  const at = new Date(Date.now() - 60_000).toISOString();
  const ids = {
    credential: randomUUID(),
    integration: randomUUID(),
    configuration: randomUUID(),
    deployment: randomUUID(),
  };
  const name = `Set ${index}`;
  state.credentials[ids.credential] = {
    id: ids.credential,
    name,
    type: "webdeploymentsOAuthClient",
    fields: { clientId: `key-${index}`, clientSecret: `secret-${index}` },
    createdDate: at,
    modifiedDate: at,
  };
  state.integrations[ids.integration] = {
    id: ids.integration,
    typeId: "webdeployments-openid-connect",
    intendedState: "ENABLED",
    switchedAt: at,
    config: {
      name,
      version: 1,
      properties: { discoveryUri: "http://127.0.0.1/.well-known/openid-configuration" },
      advanced: {},
      notes: "",
      credentials: { webdeploymentsOAuthClient: ids.credential },
    },
  };
  const document = {
    name,
    languages: ["en-us"],
    defaultLanguage: "en-us",
    messenger: { enabled: true },
    authenticationSettings: { enabled: true, integrationId: ids.integration },
  };
  state.configurations[ids.configuration] = {
    id: ids.configuration,
    dateCreated: at,
    draft: document,
    draftWrittenAt: at,
    published: [{ document, datePublished: at }],
  };
  state.deployments[ids.deployment] = {
    id: ids.deployment,
    name,
    allowAllDomains: false,
    allowedDomains: ["shop.example"],
    configuration: { id: ids.configuration, version: "1" },
    intendedStatus: "Active",
    dateCreated: at,
    dateModified: at,
    pendingUntil: at,
    identityResolution: { enabled: false },
  };
  return ids;
}

function addApp(state: SalesforceState, index: number): void {
  const app = appName(index);
  const at = new Date().toISOString();
  const by = state.users[0]?.username ?? "";
  const stamp = { createdAt: at, createdBy: by, modifiedAt: at, modifiedBy: by };
  const add = (prefix: string, type: string, fullName: string, fields: Record<string, string | boolean>) => {
    state.lastRecord += 1;
    state.components.push({ id: recordId(prefix, state.lastRecord), type, fullName, fields, ...stamp });
  };
  const label = `Set ${index}`;
  const part = { externalClientApplication: app, label };
  add("0xI", "ExternalClientApplication", app, {
    label,
    contactEmail: "crm-team@sandbox.example",
    distributionState: "Local",
    isProtected: false,
  });
  add("0xO", "ExtlClntAppOauthSettings", `${app}_oauth`, {
    ...part,
    commaSeparatedOauthScopes: "OpenID, Profile",
  });
  add("0xG", "ExtlClntAppGlobalOauthSettings", `${app}_glbloauth`, {
    ...part,
    callbackUrl: "https://shop.example/signed-in",
    isPkceRequired: true,
  });
  const keySince = Date.now();
  state.consumers.push({
    id: recordId("888", state.lastRecord),
    app,
    key: `key-${index}`,
    secret: `secret-${index}`,
    keySince,
  });
}

/** API name of the External Client App of the set with this number. */
export function appName(index: number): string {
  return `Set_${index}`;
}
