import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { RequestLog } from "./requestLog.ts";
import type { Store } from "./store.ts";

/** A server of the sandbox that is listening. */
export interface RunningServer {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  url: string;
  port: number;
  /** Ends open connections at once and frees the port. */
  stop(): Promise<void>;
}

/**
 * Listens on loopback; port 0 takes a free one. A port that is taken rejects with an Error of code EADDRINUSE
 * that names it.
 */
export async function listen(app: FastifyInstance, port: number): Promise<RunningServer> {
  try {
    await app.listen({ host: "127.0.0.1", port });
  } catch (cause) {
    await app.close();
    throw (cause as NodeJS.ErrnoException).code === "EADDRINUSE" ? portInUse(port, cause) : cause;
  }
  const { port: actual } = app.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}`,
    port: actual,
    stop: async () => {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

function portInUse(port: number, cause: unknown): Error {
  const error = new Error(`Port ${port} on 127.0.0.1 is already in use.`, { cause });
  return Object.assign(error, { code: "EADDRINUSE", port });
}

/** One org of the sandbox, and where its servers listen. */
export interface OrgAddress {
  org: string;
  salesforce: string;
  genesys: string;
  webPage: string;
}

/** What a request changed is on disk before its answer goes out: who was answered can rely on it, whatever is killed. */
export function answerWhenSaved(app: FastifyInstance, store: Store<object>): void {
  app.addHook("onSend", async ({ method }) => {
    if (method !== "GET") await store.saved();
  });
}

const CONTROL = "/_sandbox/";

/** `GET /_sandbox/orgs`: every org in this process. */
export function addOrgs(app: FastifyInstance, orgs: () => readonly OrgAddress[]): void {
  app.get(`${CONTROL}orgs`, async () => ({ orgs: orgs() }));
}

/**
 * Logs every vendor request and serves the paths that belong to the sandbox, not to the vendor:
 * `GET /_sandbox/health`, `GET` and `DELETE /_sandbox/requests`, and `GET /_sandbox/objects`, which says how
 * many objects of each kind exist. Call it before the vendor's own routes are added.
 */
export function addControlPaths(
  app: FastifyInstance,
  identity: { vendor: "salesforce" | "genesys"; org: string },
  log: RequestLog,
  countObjects: () => Record<string, number>,
): void {
  app.addHook("onRequest", async ({ url, method }, { raw }) => {
    const path = url.split("?", 1)[0] ?? "";
    if (path.startsWith(CONTROL)) return;
    // Not fastify's own hook, which never comes when the connection breaks.
    raw.once("close", () => {
      const status = raw.writableFinished ? raw.statusCode : 0;
      log.add({ at: new Date().toISOString(), method, path, status });
    });
  });
  app.get(`${CONTROL}health`, async () => ({ sandbox: "authenticated-messaging", ...identity }));
  app.get(`${CONTROL}requests`, async () => ({ count: log.count(), entries: log.entries }));
  app.delete(`${CONTROL}requests`, async (_request, reply) => {
    log.clear();
    return reply.code(204).send();
  });
  app.get(`${CONTROL}objects`, async () => countObjects());
}
