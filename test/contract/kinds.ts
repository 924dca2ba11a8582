import { providerLiteral } from "authenticated-messaging-providers/resource.ts";
import type { Bag } from "./host.ts";

export const owner = "contract/test/set";

/** As the engine hands over an input that is not known yet; it takes the place of the whole property. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const anyId = "11111111-2222-4333-8444-555555555555";

/** Every kind by the name under which the state knows its code, with the least that a program must give. */
export const leastInputs: Record<string, Bag> = {
  externalClientApp: {
    owner,
    developerName: "Contract_app",
    label: "Contract",
    contactEmail: "team@acme.example",
    callbackUrls: ["https://shop.example/signed-in"],
  },
  credential: { owner, name: "Contract", clientId: "id", clientSecret: "contract-secret" },
  integration: {
    owner,
    name: "Contract",
    discoveryUrl: "https://id.example/.well-known/openid-configuration",
    credentialId: anyId,
  },
  messengerConfiguration: { owner, name: "Contract", integrationId: anyId },
  messengerDeployment: {
    owner,
    name: "Contract",
    configurationId: anyId,
    configurationVersion: "1",
    allowedDomains: ["shop.example"],
  },
};

export const kinds = Object.keys(leastInputs);

/** Pulumi's type of the kind whose code a line loads. */
export function typeOf(literal: string): string {
  const kind = kinds.find((name) => literal === providerLiteral(name)) ?? "nothing";
  const module = kind === "externalClientApp" ? "salesforce" : "genesys";
  return `pulumi-nodejs:${module}:${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}

/** The least inputs of a kind with changes, as a program hands them to the engine. */
export function inputsOf(kind: string, changes: Bag = {}): Bag {
  return { ...leastInputs[kind], ...changes, __provider: providerLiteral(kind) };
}
