import type { Connections } from "./connections.ts";
import { credentialKind } from "./genesys/Credential.ts";
import { integrationKind } from "./genesys/Integration.ts";
import { messengerConfigurationKind } from "./genesys/MessengerConfiguration.ts";
import { messengerDeploymentKind } from "./genesys/MessengerDeployment.ts";
import { type Provider, provider } from "./provider.ts";
import { externalClientAppKind } from "./salesforce/ExternalClientApp.ts";

/** The providers of all kinds, by Pulumi's type. */
export function providersByType(connections: Connections): ReadonlyMap<string, Provider> {
  const providers = [
    provider(externalClientAppKind, connections),
    provider(credentialKind, connections),
    provider(integrationKind, connections),
    provider(messengerConfigurationKind, connections),
    provider(messengerDeploymentKind, connections),
  ];
  return new Map(providers.map((each) => [each.type, each]));
}
