import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { PageContract } from "../../components/pageContract.ts";
import type { Org as GenesysOrg } from "../genesys/org.ts";
import type { LoggedRequest, RequestLog } from "../requestLog.ts";
import type { SalesforceState } from "../salesforce/state.ts";
import { addOrgs, type OrgAddress } from "../server.ts";
import type { Store } from "../store.ts";
import { addFiles, sendPage } from "../webPage/files.ts";
import { type Chain, chainsOf } from "./members.ts";

/** What the overview looks into. */
export interface OverviewOptions {
  /** Name of the org. */
  org: string;
  /** All orgs in this process. */
  orgs: () => readonly OrgAddress[];
  salesforce: { url: string; store: Store<SalesforceState>; log: RequestLog };
  genesys: GenesysOrg & { log: RequestLog };
  /** Of the company's page, if it has one by now. */
  contract: () => PageContract | undefined;
}

/** One org of a vendor. */
export interface OrgView {
  vendor: string;
  url: string;
  /** How many objects of each kind it has. */
  objects: Record<string, number>;
}

/** A request, and which vendor answered it. */
export interface RequestView extends LoggedRequest {
  vendor: string;
}

/** The sandbox as its page shows it; holds no secret. */
export interface Overview {
  /** Name of the org that this page shows, and where the others have theirs. */
  org: string;
  otherOrgs: { org: string; url: string }[];
  orgs: OrgView[];
  chains: Chain[];
  /** The last ones of all vendors, newest first. */
  requests: RequestView[];
}

const REQUESTS = 50;
const CONTROL = "/_sandbox/";

/**
 * The sandbox shown to people, at `/sandbox`: orgs, members, faults and requests. Its page reads
 * `GET /_sandbox/overview` and switches faults by the same control paths as the vendors have.
 */
export function addOverview(app: FastifyInstance, options: OverviewOptions): void {
  app.get("/sandbox", (_request, reply) => sendPage(reply, import.meta.url, "overview.html"));
  addFiles(app, import.meta.url, ["overview.css", "overview.js"]);
  addOrgs(app, options.orgs);
  app.get(`${CONTROL}overview`, async () => overview(options));
  for (const url of [`${CONTROL}faults`, `${CONTROL}faults/:name`]) {
    app.route({
      method: ["GET", "PUT", "DELETE"],
      url,
      handler: (request, reply) => passOn(options.genesys.url, request, reply),
    });
  }
}

function overview({ org, orgs: allOrgs, salesforce, genesys, contract }: OverviewOptions): Overview {
  const orgs = { genesys, salesforce: salesforce.store.state };
  return {
    org,
    otherOrgs: allOrgs()
      .filter((other) => other.org !== org)
      .map(({ org: other, webPage }) => ({ org: other, url: `${webPage}/sandbox` })),
    orgs: [salesforceView(salesforce), genesysView(genesys)],
    chains: chainsOf(orgs, contract()),
    requests: [...lastOf("Salesforce", salesforce.log), ...lastOf("Genesys", genesys.log)]
      .sort((one, other) => other.at.localeCompare(one.at))
      .slice(0, REQUESTS),
  };
}

function salesforceView({ url, store: { state } }: OverviewOptions["salesforce"]): OrgView {
  const objects = { apps: state.consumers.length, users: state.users.length };
  return { vendor: `Salesforce ${state.orgId}`, url, objects };
}

function genesysView({ url, store: { state } }: GenesysOrg): OrgView {
  const kinds = ["credentials", "integrations", "configurations", "deployments"] as const;
  const objects = Object.fromEntries(kinds.map((kind) => [kind, Object.keys(state[kind]).length]));
  return { vendor: "Genesys Cloud", url, objects };
}

function lastOf(vendor: string, { entries }: RequestLog): RequestView[] {
  return entries.slice(-REQUESTS).map((entry) => ({ vendor, ...entry }));
}

/** Faults are switched at the vendors; the browser may talk to its own origin only. */
async function passOn(
  vendorUrl: string,
  { method, url, body }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const content = body !== undefined && {
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const answer = await fetch(`${vendorUrl}${url}`, { method, ...content });
  return reply
    .code(answer.status)
    .type("application/json")
    .send(await answer.text());
}
