import { logInsOf } from "../logIns.ts";
import { allPermissions } from "./description.ts";

/** An OAuth client of the org for client credentials, with what its roles permit. */
export interface OAuthClient {
  clientId: string;
  clientSecret: string;
  permissions: readonly string[];
}

export function oauthClientsOf(org: string): readonly OAuthClient[] {
  const viewPermissions = allPermissions.filter((name) => name.endsWith(":view"));
  const { genesysClient, genesysReadOnlyClient } = logInsOf(org);
  return [
    { ...genesysClient, permissions: allPermissions },
    { ...genesysReadOnlyClient, permissions: viewPermissions },
  ];
}
