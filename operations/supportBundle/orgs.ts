import type { ApiClientClass } from "purecloud-platform-client-v2";
import { z } from "zod";
import { CodedError } from "../../providers/errors.ts";
import type { GenesysApi, GenesysConnection } from "../../providers/genesys/connection.ts";
import type { SalesforceConnection } from "../../providers/salesforce/connection.ts";
import type { OpenedSet } from "../stack/messagingSet.ts";
import { type TimeLimit, withinTime } from "../timeLimit.ts";

const genesysOrg = z.object({ id: z.string(), name: z.string().optional() });
const salesforceOrg = z.object({ Id: z.string(), InstanceName: z.string().nullish() });

/** Which org it is at each vendor, by what support asks for first; or why it cannot be told. */
export async function orgsOf({ connections }: OpenedSet, limit: TimeLimit): Promise<Record<string, string>> {
  const told = (read: () => Promise<string>) => withinTime(limit, read).catch(whyNot);
  const [genesys, salesforce] = await Promise.all([
    told(() => genesysOrganization(connections.genesys())),
    told(() => salesforceOrganization(connections.salesforce())),
  ]);
  return { "Genesys organization, id": genesys, "Salesforce organization, id": salesforce };
}

/** `GET /api/v2/organizations/me`, which needs no permission, says the vendor's documentation of its clients. */
async function genesysOrganization(genesys: GenesysConnection): Promise<string> {
  const read = (api: GenesysApi) => get(api, "/api/v2/organizations/me");
  const { id, name } = await genesys.read("read the organization", genesysOrg, read);
  return name ? `${id} (${name})` : id;
}

/** By the client of the connection, which the typings leave out: it has no part for organizations. */
function get({ integrations }: GenesysApi, path: string): Promise<z.output<typeof genesysOrg>> {
  const { apiClient } = integrations as unknown as { apiClient: ApiClientClass };
  const json = ["application/json"];
  return apiClient.callApi(path, "GET", {}, {}, {}, {}, null, ["PureCloud OAuth"], json, json);
}

async function salesforceOrganization(salesforce: SalesforceConnection): Promise<string> {
  const soql = "SELECT Id, InstanceName FROM Organization";
  const [org] = await salesforce.query("read the organization", salesforceOrg, soql);
  if (org === undefined) return "not shown";
  return org.InstanceName ? `${org.Id} (instance ${org.InstanceName})` : org.Id;
}

function whyNot(error: unknown): string {
  if (error instanceof CodedError) return `could not be read: ${error.code}`;
  throw error;
}
