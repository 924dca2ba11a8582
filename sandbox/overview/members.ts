import type { PageContract } from "../../components/pageContract.ts";
import type { Member } from "../faults/fault.ts";
import { publishedVersion } from "../genesys/configurations.ts";
import { deploymentStatus } from "../genesys/deployments.ts";
import { reportedState } from "../genesys/integrations.ts";
import { found, type Org as GenesysOrg } from "../genesys/org.ts";
import type { SalesforceState } from "../salesforce/state.ts";

/** One member of a set as the overview shows it; holds no secret. */
export interface MemberView {
  kind: Member | "page";
  name: string;
  id: string;
  /** As its vendor puts it, or what is wrong with it. */
  state: string;
  ok: boolean;
  /** By what the member before refers to it; absent at the start of a chain. */
  link?: { text: string; ok: boolean };
}

/** Members in the order in which each refers to the next: page, deployment, and so on down to the app. */
export type Chain = MemberView[];

/** Where the members are kept. */
export interface Orgs {
  genesys: GenesysOrg;
  salesforce: SalesforceState;
}

type Link = MemberView["link"];

/** Every member there is, by the chains that sign-ins go through; what nothing refers to begins one of its own. */
export function chainsOf(orgs: Orgs, contract: PageContract | undefined): Chain[] {
  const { deployments, configurations, integrations, credentials } = orgs.genesys.store.state;
  const chains: Chain[] = contract ? [pageChain(orgs, contract)] : [];
  const begin = (kind: Member, ids: string[], chain: (orgs: Orgs, id: string) => Chain) => {
    for (const id of ids) {
      const shown = chains.flat().some((member) => member.kind === kind && member.id === id);
      if (!shown) chains.push(chain(orgs, id));
    }
  };
  begin("deployment", Object.keys(deployments), deploymentChain);
  begin("configuration", Object.keys(configurations), configurationChain);
  begin("integration", Object.keys(integrations), integrationChain);
  begin("credential", Object.keys(credentials), credentialChain);
  begin("ECA", appNames(orgs), (_orgs, name) => [appView(orgs, name)]);
  return chains;
}

function pageChain(orgs: Orgs, { deploymentId, clientId, redirectUri }: PageContract): Chain {
  const chain = deploymentChain(orgs, deploymentId, { text: "deployment id", ok: true });
  const app = orgs.salesforce.consumers.find(({ key, staged }) => [key, staged?.key].includes(clientId))?.app;
  const ok = app !== undefined && chain.some(({ kind, id }) => kind === "ECA" && id === app);
  const state = ok ? "leads to its app" : "does not lead to its app";
  return [{ kind: "page", name: redirectUri, id: "", state, ok }, ...chain];
}

function deploymentChain(orgs: Orgs, id: string, link?: Link): Chain {
  const deployment = found(orgs.genesys.store.state.deployments, id);
  if (!deployment) return [missing("deployment", id, link)];
  const { name, configuration } = deployment;
  const state = deploymentStatus(deployment);
  const pin = { text: `version ${configuration.version}`, ok: true };
  return [
    { kind: "deployment", name, id, state, ok: state === "Active", link },
    ...configurationChain(orgs, configuration.id, pin, configuration.version),
  ];
}

/** Follows the version that is pinned, or else the newest. */
function configurationChain(orgs: Orgs, id: string, link?: Link, pinned?: string): Chain {
  const configuration = found(orgs.genesys.store.state.configurations, id);
  if (!configuration) return [missing("configuration", id, link)];
  const newest = configuration.published.length;
  const version = publishedVersion(configuration, pinned ?? String(newest));
  const view = {
    kind: "configuration" as const,
    name: String(configuration.draft.name),
    id,
    link: link && { ...link, ok: version !== undefined },
  };
  if (!version) return [{ ...view, state: newest === 0 ? "draft only" : "version not there", ok: false }];
  const { authenticationSettings } = version.document as {
    authenticationSettings?: { enabled: boolean; integrationId: string };
  };
  if (!authenticationSettings?.enabled) return [{ ...view, state: "sign-in off", ok: false }];
  return [
    { ...view, state: newest === 1 ? "published once" : `published ${newest} times`, ok: true },
    ...integrationChain(orgs, authenticationSettings.integrationId, { text: "integration id", ok: true }),
  ];
}

function integrationChain(orgs: Orgs, id: string, link?: Link): Chain {
  const { genesys } = orgs;
  const integration = found(genesys.store.state.integrations, id);
  if (!integration) return [missing("integration", id, link)];
  const { name, credentials } = integration.config;
  const state = reportedState(genesys, integration);
  const credentialId = credentials[genesys.assumptions.credentialKey.chosen];
  const next = credentialId
    ? credentialChain(orgs, credentialId, { text: "credential id", ok: true })
    : [missing("credential", "", { text: "none", ok: false })];
  return [{ kind: "integration", name, id, state, ok: state === "ACTIVE", link }, ...next];
}

function credentialChain(orgs: Orgs, id: string, link?: Link): Chain {
  const { store, assumptions } = orgs.genesys;
  const credential = found(store.state.credentials, id);
  if (!credential) return [missing("credential", id, link)];
  const { name, fields } = credential;
  const client = {
    key: fields[assumptions.clientIdField.chosen] ?? "",
    secret: fields[assumptions.clientSecretField.chosen] ?? "",
  };
  return [{ kind: "credential", name, id, state: "stored", ok: true, link }, appOf(orgs, client)];
}

/** The app whose client id and secret a credential has. */
function appOf(orgs: Orgs, client: { key: string; secret: string }): MemberView {
  for (const { app, staged, ...current } of orgs.salesforce.consumers) {
    const pair = [current, staged].find((candidate) => candidate?.key === client.key);
    if (!pair) continue;
    const ok = pair.secret === client.secret;
    return appView(orgs, app, { text: ok ? "client id and secret" : "client secret differs", ok });
  }
  return missing("ECA", client.key, { text: "client id", ok: false });
}

function appView({ salesforce }: Orgs, name: string, link?: Link): MemberView {
  const policies = salesforce.components.find(
    ({ type, fields }) =>
      type === "ExtlClntAppConfigurablePolicies" && fields.externalClientApplication === name,
  );
  const blocked = policies?.fields.isEnabled === false || policies?.fields.isOauthPluginEnabled === false;
  const hasClient = salesforce.consumers.some(({ app }) => app === name);
  const state = blocked ? "blocked" : hasClient ? "enabled" : "without OAuth settings";
  return { kind: "ECA", name: label(salesforce, name), id: name, state, ok: state === "enabled", link };
}

function appNames({ salesforce }: Orgs): string[] {
  return salesforce.components
    .filter(({ type }) => type === "ExternalClientApplication")
    .map(({ fullName }) => fullName);
}

function label({ components }: SalesforceState, name: string): string {
  const app = components.find(
    ({ type, fullName }) => type === "ExternalClientApplication" && fullName === name,
  );
  return String(app?.fields.label ?? name);
}

function missing(kind: Member, id: string, link?: Link): MemberView {
  return { kind, name: "not there", id, state: "missing", ok: false, link: link && { ...link, ok: false } };
}
