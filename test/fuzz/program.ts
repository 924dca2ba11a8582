import type { Connections } from "authenticated-messaging-providers/connections.ts";
import { dynamicProvider } from "authenticated-messaging-providers/dynamicProvider.ts";
import { credentialKind } from "authenticated-messaging-providers/genesys/Credential.ts";
import { integrationKind } from "authenticated-messaging-providers/genesys/Integration.ts";
import { messengerConfigurationKind } from "authenticated-messaging-providers/genesys/MessengerConfiguration.ts";
import { messengerDeploymentKind } from "authenticated-messaging-providers/genesys/MessengerDeployment.ts";
import { providerLiteral } from "authenticated-messaging-providers/resource.ts";
import { externalClientAppKind } from "authenticated-messaging-providers/salesforce/ExternalClientApp.ts";
import type { PageContract } from "../../components/pageContract.ts";
import type { Bag, Declaration, State } from "./engine.ts";

export const usualOwner = "fuzz/test/messaging";
const redirectUri = "https://shop.example/signed-in";

/** What a history varies of the set's program; everything else stays as it is. */
export interface Settings {
  developerName?: string;
  label?: string;
  description?: string;
  moreCallbackUrls?: string[];
  scopes?: string[];
  pkceRequired?: boolean;
  idTokenMinutes?: number;
  ipRelaxation?: string;
  name?: string;
  credentialType?: string;
  refreshLifetime?: number;
  sessionUpgrade?: boolean;
  languages?: string[];
  color?: string;
  allowedDomains?: string[];
}

export const memberNames = ["app", "credential", "integration", "configuration", "deployment"] as const;
export type MemberName = (typeof memberNames)[number];

/** The set as `components/AuthenticatedMessaging.ts` declares it, on these connections. */
export function programOf(
  settings: Settings,
  connections: Connections,
  owner: string = usualOwner,
): Declaration[] {
  const { name = "Shop sign-in", description = "" } = settings;
  const connect = () => connections;
  return [
    {
      name: "app",
      provider: dynamicProvider(externalClientAppKind, connect),
      inputs: () => ({
        ...common("externalClientApp", owner),
        ...appInputs(settings),
      }),
    },
    {
      name: "credential",
      provider: dynamicProvider(credentialKind, connect),
      inputs: (earlier) => ({
        ...common("credential", owner),
        name,
        clientId: earlier("app").outputs.consumerKey,
        clientSecret: earlier("app").outputs.consumerSecret,
        type: settings.credentialType,
      }),
    },
    {
      name: "integration",
      provider: dynamicProvider(integrationKind, connect),
      inputs: (earlier) => ({
        ...common("integration", owner),
        name,
        notes: description,
        discoveryUrl: earlier("app").outputs.discoveryUrl,
        credentialId: earlier("credential").id,
        properties: settings.refreshLifetime && { maxRefreshTokenLifetime: settings.refreshLifetime },
      }),
    },
    {
      name: "configuration",
      provider: dynamicProvider(messengerConfigurationKind, connect),
      inputs: (earlier) => ({
        ...common("messengerConfiguration", owner),
        name,
        description,
        integrationId: earlier("integration").id,
        sessionUpgrade: settings.sessionUpgrade,
        languages: settings.languages,
        messenger: { enabled: true, ...(settings.color && { styles: { primaryColor: settings.color } }) },
      }),
    },
    {
      name: "deployment",
      provider: dynamicProvider(messengerDeploymentKind, connect),
      inputs: (earlier) => ({
        ...common("messengerDeployment", owner),
        name,
        description,
        configurationId: earlier("configuration").id,
        configurationVersion: earlier("configuration").outputs.publishedVersion,
        allowedDomains: settings.allowedDomains ?? ["shop.example"],
      }),
    },
  ];
}

function common(kind: string, owner: string): Bag {
  return { owner, __provider: providerLiteral(kind) };
}

function appInputs(settings: Settings): Bag {
  const { idTokenMinutes: validityInMinutes, ipRelaxation } = settings;
  return {
    developerName: settings.developerName ?? "Shop_sign_in",
    label: settings.label ?? "Shop sign-in",
    contactEmail: "team@acme.example",
    description: settings.description,
    callbackUrls: [redirectUri, ...(settings.moreCallbackUrls ?? [])],
    scopes: settings.scopes,
    pkceRequired: settings.pkceRequired,
    idToken: validityInMinutes && { validityInMinutes },
    policies: ipRelaxation && { ipRelaxation },
  };
}

/** What the page of the set must use. */
export function pageContractOf(state: State): PageContract {
  const app = state.get("app");
  const deployment = state.get("deployment");
  if (app === undefined || deployment === undefined) throw new Error("The set is not whole.");
  const { consumerKey, discoveryUrl, issuer, authorizeUrl, scopes, pkceRequired } = app.outputs;
  return {
    deploymentId: deployment.id,
    genesysApiUrl: deployment.outputs.apiUrl,
    clientId: consumerKey,
    discoveryUrl,
    issuer,
    authorizeUrl,
    redirectUri,
    scopes,
    pkce: { required: pkceRequired, method: "S256" },
  };
}
