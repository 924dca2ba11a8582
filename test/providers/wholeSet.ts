import type { Connections } from "authenticated-messaging-providers/connections.ts";
import { credentialKind } from "authenticated-messaging-providers/genesys/Credential.ts";
import { integrationKind } from "authenticated-messaging-providers/genesys/Integration.ts";
import { messengerConfigurationKind } from "authenticated-messaging-providers/genesys/MessengerConfiguration.ts";
import { messengerDeploymentKind } from "authenticated-messaging-providers/genesys/MessengerDeployment.ts";
import type { Kind, Owned } from "authenticated-messaging-providers/lifecycle.ts";
import { create, differences, read, remove, update } from "authenticated-messaging-providers/lifecycle.ts";
import { externalClientAppKind } from "authenticated-messaging-providers/salesforce/ExternalClientApp.ts";
import type { PageContract } from "../../components/pageContract.ts";
import {
  type MessagingSet,
  memberNames,
  memberTypes,
  type OpenedSet,
} from "../../operations/stack/messagingSet.ts";
import { app as appInputs, owner } from "./sandboxSet.ts";

/** One member as the engine holds it between two commands: what was declared, and what was recorded. */
export interface Member {
  readonly noun: string;
  id(): string;
  /** What was declared. */
  inputs(): Record<string, unknown>;
  /** What was recorded last. */
  outputs(): Record<string, unknown>;
  /** Names of what a refresh finds to differ; `gone` when there is nothing left. */
  refresh(): Promise<string[]>;
  update(changed: object): Promise<void>;
  remove(): Promise<void>;
  /** As the engine does it to a member that must be made anew: away first, then another. */
  replace(): Promise<void>;
}

async function make<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  connections: Connections,
  declared: object,
): Promise<Member> {
  let inputs = kind.inputs.parse(declared) as unknown as I;
  let { id, recorded } = await create(kind, connections, inputs);
  return {
    noun: kind.noun,
    id: () => id,
    inputs: () => inputs as Record<string, unknown>,
    outputs: () => recorded as Record<string, unknown>,
    async refresh() {
      const seen = await read(kind, connections, id, recorded);
      if (seen === undefined) return ["gone"];
      recorded = seen;
      return differences(kind, recorded, inputs);
    },
    async update(changed) {
      inputs = kind.inputs.parse({ ...inputs, ...changed }) as unknown as I;
      recorded = await update(kind, connections, id, recorded, inputs);
    },
    remove: () => remove(kind, connections, id, recorded),
    async replace() {
      await remove(kind, connections, id, recorded);
      ({ id, recorded } = await create(kind, connections, inputs));
    },
  };
}

/** The five members in the order in which the engine makes them; it removes them in the reverse order. */
export interface WholeSet {
  app: Member;
  credential: Member;
  integration: Member;
  configuration: Member;
  deployment: Member;
}

export const redirectUri = "https://shop.acme.example/signed-in";

/** Makes all five members through their life cycles, without an engine; `ofApp` are further inputs of the app. */
export async function createSet(connections: Connections, ofApp: object = {}): Promise<WholeSet> {
  const name = "Shop sign-in";
  const app = await make(externalClientAppKind, connections, {
    ...appInputs,
    callbackUrls: [redirectUri],
    scopes: ["openid", "email", "refresh_token"],
    ...ofApp,
  });
  const { consumerKey, consumerSecret, discoveryUrl } = app.outputs();
  const credential = await make(credentialKind, connections, {
    owner,
    name,
    clientId: consumerKey,
    clientSecret: consumerSecret,
  });
  const integration = await make(integrationKind, connections, {
    owner,
    name,
    discoveryUrl,
    credentialId: credential.id(),
  });
  const configuration = await make(messengerConfigurationKind, connections, {
    owner,
    name,
    integrationId: integration.id(),
    messenger: { enabled: true },
  });
  const deployment = await make(messengerDeploymentKind, connections, {
    owner,
    name,
    configurationId: configuration.id(),
    configurationVersion: configuration.outputs().publishedVersion,
    allowedDomains: ["shop.acme.example"],
  });
  return { app, credential, integration, configuration, deployment };
}

/** What a refresh of every member finds to differ, by member; empty when all is as declared. */
export async function refreshSet(set: WholeSet): Promise<Record<string, string[]>> {
  const found: [string, string[]][] = [];
  for (const [name, member] of Object.entries(set)) found.push([name, await member.refresh()]);
  return Object.fromEntries(found.filter(([, differing]) => differing.length > 0));
}

/** Changes one input of every member that can change, and what follows from it in the others. */
export async function updateSet({ app, credential, integration, configuration, deployment }: WholeSet) {
  await app.update({ label: "Shop sign-in, renamed", scopes: ["openid", "profile", "refresh_token"] });
  await credential.update({ name: "Shop sign-in, renamed" });
  await integration.update({ notes: "Signs the shop's customers in." });
  await configuration.update({ sessionUpgrade: true });
  await deployment.update({
    description: "On every page of the shop.",
    configurationVersion: configuration.outputs().publishedVersion,
  });
}

/** Makes one member anew, and brings the others to what follows from it. */
export async function replaceMember(set: WholeSet, name: keyof WholeSet): Promise<void> {
  const { app, credential, integration, configuration, deployment } = set;
  await set[name].replace();
  const { consumerKey, consumerSecret } = app.outputs();
  if (name === "app") await credential.update({ clientId: consumerKey, clientSecret: consumerSecret });
  if (name === "credential") await integration.update({ credentialId: credential.id() });
  if (name === "integration") await configuration.update({ integrationId: integration.id() });
  if (name === "integration" || name === "configuration") {
    await deployment.update({
      configurationId: configuration.id(),
      configurationVersion: configuration.outputs().publishedVersion,
    });
  }
}

/** As `pulumi destroy` does: each member before those that it names. */
export async function removeSet(set: WholeSet): Promise<void> {
  for (const member of Object.values(set).reverse()) await member.remove();
}

/** What the page of this set must use. */
export function pageContractOf({ app, deployment }: WholeSet): PageContract {
  const { consumerKey, discoveryUrl, issuer, authorizeUrl, pkceRequired } = app.outputs();
  return {
    deploymentId: deployment.id(),
    genesysApiUrl: String(deployment.outputs().apiUrl),
    clientId: String(consumerKey),
    discoveryUrl: String(discoveryUrl),
    issuer: String(issuer),
    authorizeUrl: String(authorizeUrl),
    redirectUri,
    scopes: app.outputs().scopes as string[],
    pkce: { required: pkceRequired === true, method: "S256" },
  };
}

/** The set as a command opens it from a stack's state. */
export function openedSetOf(whole: WholeSet, connections: Connections): OpenedSet {
  const members = memberNames.map((name) => {
    const member = whole[name === "ECA" ? "app" : name];
    const resource = `messaging-${name}`;
    const urn = `urn:pulumi:prod::shop::${memberTypes[name]}::${resource}`;
    const recorded = { urn, resource, id: member.id(), inputs: member.inputs(), outputs: member.outputs() };
    return [name, structuredClone(recorded)];
  });
  const set: MessagingSet = {
    project: "shop",
    stack: "prod",
    name: "messaging",
    pageContract: pageContractOf(whole),
    members: Object.fromEntries(members),
  };
  return { set, connections, setting: () => undefined };
}
