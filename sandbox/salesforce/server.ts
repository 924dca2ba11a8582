import fastify from "fastify";
import type { SalesforceAssumptions } from "../assumptions.ts";
import type { Delays } from "../delays.ts";
import type { Faults } from "../faults/faults.ts";
import { addFaults } from "../faults/server.ts";
import { firstOrg, logInsOf } from "../logIns.ts";
import type { RequestLog } from "../requestLog.ts";
import {
  addControlPaths,
  addOrgs,
  answerWhenSaved,
  listen,
  type OrgAddress,
  type RunningServer,
} from "../server.ts";
import { addStaleReads } from "../staleReads.ts";
import type { Store } from "../store.ts";
import { METADATA_TYPES } from "./metadata/calls.ts";
import { componentsOf } from "./metadata/components.ts";
import { addMetadataApi } from "./metadata/metadataApi.ts";
import { addOAuthApi } from "./oauthApi.ts";
import type { Org } from "./org.ts";
import { addRestApi } from "./rest/restApi.ts";
import { adminKeyPairOf, type SalesforceState } from "./state.ts";

/**
 * Starts one Salesforce org on loopback; port 0 takes a free one. Besides the paths that every vendor of the
 * sandbox has, `GET /_sandbox/admin-key` hands out the admin client's private key for the JWT bearer flow.
 */
export async function startSalesforce(options: {
  /** Name of the org; `dev`, unless given. */
  org?: string;
  port: number;
  store: Store<SalesforceState>;
  delays: Delays;
  assumptions: SalesforceAssumptions;
  log: RequestLog;
  /** None, unless given. */
  faults?: Faults;
  /** All orgs in this process, for the control paths; none, unless given. */
  orgs?: () => readonly OrgAddress[];
}): Promise<RunningServer> {
  const { store, delays, assumptions, log, faults } = options;
  const name = options.org ?? firstOrg;
  const org: Org = { logIns: logInsOf(name), store, delays, assumptions, url: "" };
  store.save();

  // Some tools keep the instance URL with a trailing slash, so that their paths begin with two.
  const app = fastify({ rewriteUrl: ({ url = "/" }) => url.replace(/^\/{2,}/, "/") });
  answerWhenSaved(app, store);
  addControlPaths(app, { vendor: "salesforce", org: name }, log, () => countObjects(org));
  addOrgs(app, options.orgs ?? (() => []));
  addStaleReads(app, store, delays);
  if (faults) addFaults(app, "salesforce", store, faults);
  app.get("/_sandbox/admin-key", async (_request, reply) =>
    reply.type("application/x-pem-file").send(adminKeyPairOf(store).privateKey),
  );
  addMetadataApi(app, org);
  addRestApi(app, org);
  addOAuthApi(app, org);

  const server = await listen(app, options.port);
  org.url = server.url;
  return server;
}

/** What a leak would show up in: the components that tools can make and delete, and OAuth consumers. */
function countObjects(org: Org): Record<string, number> {
  const deletable = METADATA_TYPES.filter(({ name }) => name !== "ExternalClientAppSettings");
  const counts = deletable.map(({ name }) => [name, componentsOf(org, name).length] as const);
  return { ...Object.fromEntries(counts), OAuthConsumer: org.store.state.consumers.length };
}
