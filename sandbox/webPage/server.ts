import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import type { PageContract } from "../../components/pageContract.ts";
import { firstOrg } from "../logIns.ts";
import { listen, type RunningServer } from "../server.ts";
import { openStore, type Store } from "../store.ts";
import { addFiles, sendPage } from "./files.ts";

export interface WebPageOptions {
  /** Name of the org that it belongs to; `dev`, unless given. */
  org?: string;
  /** 0 takes a free one. */
  port: number;
  /** Where the page contract is kept; in memory when left out. */
  dataFile?: string;
  /** Adds what else this server is to serve, which may need the page contract of the moment. */
  extend?: (app: FastifyInstance, contract: () => PageContract | undefined) => void;
}

interface WebPageState {
  contract?: PageContract;
}

const text = { type: "string", minLength: 1 };
const contractSchema = {
  type: "object",
  required: [
    "deploymentId",
    "genesysApiUrl",
    "clientId",
    "discoveryUrl",
    "issuer",
    "authorizeUrl",
    "redirectUri",
    "scopes",
    "pkce",
  ],
  properties: {
    deploymentId: text,
    genesysApiUrl: { type: "string", format: "uri" },
    clientId: text,
    discoveryUrl: { type: "string", format: "uri" },
    issuer: { type: "string", format: "uri" },
    authorizeUrl: { type: "string", format: "uri" },
    redirectUri: { type: "string", format: "uri" },
    scopes: { type: "array", items: text },
    pkce: { type: "object", required: ["method"], properties: { method: { const: "S256" } } },
  },
};

/**
 * Serves the company's web page. All that it knows of Salesforce and Genesys is the page contract, which
 * `PUT /_sandbox/page-contract` stores; until then the page says what to do.
 */
export async function startWebPage({
  org = firstOrg,
  port,
  dataFile,
  extend,
}: WebPageOptions): Promise<RunningServer> {
  const app = fastify();
  const store = openStore<WebPageState>(dataFile, () => ({}));
  addControlPaths(app, store, org);
  addPage(app, store);
  extend?.(app, () => store.state.contract);
  return listen(app, port);
}

function addControlPaths(app: FastifyInstance, store: Store<WebPageState>, org: string): void {
  app.get("/_sandbox/health", async () => ({ sandbox: "authenticated-messaging", vendor: "webPage", org }));
  app.put<{ Body: PageContract }>(
    "/_sandbox/page-contract",
    { schema: { body: contractSchema } },
    async (request, reply) => {
      store.state.contract = request.body;
      store.save();
      return reply.code(204).send();
    },
  );
}

function addPage(app: FastifyInstance, { state }: Store<WebPageState>): void {
  const send = (reply: FastifyReply) => sendPage(reply, import.meta.url, "page.html", genesysOf(state));
  app.get("/", (_request, reply) => send(reply));
  app.get("/*", (request, reply) =>
    // Where visitors come back to is decided by the contract, not by this server.
    isRedirectPath(request.url, state) ? send(reply) : reply.code(404).send({ error: "Not found" }),
  );
  app.get("/page-contract.json", async (_request, reply) => state.contract ?? reply.code(404).send({}));
  addFiles(app, import.meta.url, ["theme.css", "page.css", "page.js", "signIn.js"]);
}

/** The page may talk to itself and to Genesys, and to nobody else. */
function genesysOf({ contract }: WebPageState): string[] {
  return contract ? [new URL(contract.genesysApiUrl).origin] : [];
}

function isRedirectPath(url: string, { contract }: WebPageState): boolean {
  return contract !== undefined && url.split("?", 1)[0] === new URL(contract.redirectUri).pathname;
}
