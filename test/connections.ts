import { assumptionsSchema } from "authenticated-messaging-providers/assumptions.ts";
import type { Connections } from "authenticated-messaging-providers/connections.ts";
import { openGenesys } from "authenticated-messaging-providers/genesys/connection.ts";
import { openSalesforce } from "authenticated-messaging-providers/salesforce/connection.ts";
import type { SalesforceSettings } from "authenticated-messaging-providers/salesforce/settings.ts";
import { firstOrg, logInsOf } from "../sandbox/logIns.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";

/** Where both vendors are reached. */
export type Addresses = Pick<Sandbox, "salesforceUrl" | "genesysUrl">;

/**
 * As a new process has them: not logged in yet, and nothing looked up.
 * @param logIn at Salesforce; the admin's access token when left out
 */
export function connectionsTo(
  { salesforceUrl, genesysUrl }: Addresses,
  logIn: Partial<SalesforceSettings> = {},
  org: string = firstOrg,
): Connections {
  const { genesysClient, salesforceAdmin } = logInsOf(org);
  const genesys = openGenesys({
    genesysRegion: "us-east-1",
    genesysGatewayUrl: genesysUrl,
    genesysClientId: genesysClient.clientId,
    genesysClientSecret: genesysClient.clientSecret,
  });
  const salesforce = openSalesforce({
    salesforceInstanceUrl: salesforceUrl,
    salesforceApiVersion: "66.0",
    ...(Object.keys(logIn).length > 0 ? logIn : { salesforceAccessToken: salesforceAdmin.accessToken }),
  });
  return {
    genesys: () => genesys,
    salesforce: () => salesforce,
    assumptions: () => assumptionsSchema.parse({}),
    begun: new Set(),
    removed: new Set(),
  };
}
