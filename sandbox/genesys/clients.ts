import { genesysClient } from "../accounts.ts";
import { logInOf } from "../logIns.ts";
import { allPermissions } from "./description.ts";

/** An OAuth client of the org for client credentials, with what its roles permit. */
export interface OAuthClient {
  clientId: string;
  clientSecret: string;
  permissions: readonly string[];
}

/** A client whose roles permit reading only; as public as the other log-ins of the sandbox. */
export const genesysReadOnlyClient = {
  clientId: "sandbox-genesys-readonly",
  clientSecret: "sandbox-genesys-readonly-secret",
} as const;

export function oauthClientsOf(org: string): readonly OAuthClient[] {
  const viewPermissions = allPermissions.filter((name) => name.endsWith(":view"));
  return [
    { ...logInOf(org, genesysClient), permissions: allPermissions },
    { ...logInOf(org, genesysReadOnlyClient), permissions: viewPermissions },
  ];
}
