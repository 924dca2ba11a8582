import { once } from "node:events";
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Addresses } from "../connections.ts";

/** One request on its way to a vendor. */
export interface Passing {
  vendor: "salesforce" | "genesys";
  method: string;
  /** Without its query. */
  path: string;
  /** The operation of a SOAP call, and the type that it is about. */
  operation: string | undefined;
  about: string | undefined;
}

export interface Answer {
  status: number;
  contentType: string;
  body: string;
  /** The header in which the vendor says when to come back. */
  retryAfter?: string | undefined;
}

/** An answer that never comes, or never comes to an end. */
type Endless = "silence" | "headers" | "trickle";

/**
 * What becomes of a request: the vendor's answer changed, or kept back; an answer in its place, or one that never comes
 * to an end, while the vendor is not even asked. Undefined leaves it alone.
 */
export type Interference = (
  passing: Passing,
) => ((answer: Answer) => Answer | Endless) | Answer | Endless | undefined;

/** `GET /api/v2/integrations`, `createMetadata ExtlClntAppOauthSettings`. */
export function named({ method, path, operation, about }: Passing): string {
  return operation === undefined ? `${method} ${path}` : `${operation} ${about}`;
}

/** The way from the providers to both vendors, on which everything can happen. */
export interface Way extends Addresses {
  interfere(interference: Interference): void;
  /** Sees every request, whatever becomes of it. */
  watch(seen: (request: string) => void): void;
  stop(): Promise<void>;
}

export async function startWay(to: Addresses): Promise<Way> {
  let interference: Interference = () => undefined;
  let watcher: (request: string) => void = () => undefined;
  const servers = await Promise.all(
    (["salesforce", "genesys"] as const).map((vendor) =>
      listen(to[`${vendor}Url`], (passing) => {
        watcher(named({ ...passing, vendor }));
        return interference({ ...passing, vendor });
      }),
    ),
  );
  const [salesforce, genesys] = servers as [Server, Server];
  return {
    salesforceUrl: salesforce.url,
    genesysUrl: genesys.url,
    interfere(other) {
      interference = other;
    },
    watch(seen) {
      watcher = seen;
    },
    stop: async () => {
      await Promise.all(servers.map(({ stop }) => stop()));
    },
  };
}

type Server = Awaited<ReturnType<typeof listen>>;

async function listen(
  target: string,
  decide: (passing: Omit<Passing, "vendor">) => ReturnType<Interference>,
) {
  const server = createServer(async (incoming, outgoing) => {
    const sent = await buffer(incoming);
    const { method = "", url: path = "" } = incoming;
    const soap = incoming.url?.startsWith("/services/Soap/") ? String(sent) : "";
    const operation = /<soapenv:Body[^>]*><(\w+)/.exec(soap)?.[1];
    const about = /xsi:type="(\w+)"|<type>(\w+)/.exec(soap)?.slice(1).find(Boolean);
    const decision = decide({ method, path: path.split("?", 1)[0] ?? "", operation, about });
    if (typeof decision === "string") return neverEnd(outgoing, decision);
    if (typeof decision === "object") return send(outgoing, decision);
    const passed = await pass(target, incoming, sent).catch(() => undefined);
    // Where the vendor's connection breaks, so does this one.
    if (passed === undefined) return void outgoing.socket?.resetAndDestroy();
    const { status, headers, body } = passed;
    // The vendor tells its own address in its answers.
    const told = body.replaceAll(target, url());
    const contentType = headers["content-type"] ?? "";
    const answer = { status, contentType, body: told, retryAfter: headers["retry-after"] };
    const changed = decision?.(answer) ?? answer;
    if (typeof changed === "string") return neverEnd(outgoing, changed);
    send(outgoing, changed);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url(),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function pass(target: string, incoming: IncomingMessage, sent: Buffer) {
  const { method, headers, url = "" } = incoming;
  const passed = forward(new URL(url, target), {
    method,
    headers: { ...headers, host: new URL(target).host },
  });
  passed.end(sent);
  const [answer] = (await once(passed, "response")) as [IncomingMessage];
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: (await buffer(answer)).toString("utf8"),
  };
}

function send(outgoing: ServerResponse, { status, contentType, body, retryAfter }: Answer): void {
  outgoing.writeHead(status, {
    ...(contentType && { "content-type": contentType }),
    ...(retryAfter && { "retry-after": retryAfter }),
  });
  outgoing.end(status === 204 ? undefined : body);
}

function neverEnd(outgoing: ServerResponse, how: Endless): void {
  if (how === "silence") return;
  outgoing.writeHead(200, { "content-type": "application/json" });
  outgoing.flushHeaders();
  if (how === "headers") return;
  const trickling = setInterval(() => outgoing.write(" "), 5);
  outgoing.once("close", () => clearInterval(trickling));
}
