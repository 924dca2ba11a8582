import type { FastifyRequest } from "fastify";
import type { GenesysState } from "./genesys/org.ts";
import type { SalesforceState } from "./salesforce/state.ts";

/** What a request asks for, as far as it matters for the objects that sets are made of. */
export interface Asked {
  method: string;
  /** Without the query. */
  path: string;
  /** The operation of a SOAP call. */
  operation?: string;
}

export function askedBy(request: FastifyRequest): Asked {
  const path = request.url.split("?", 1)[0] ?? "";
  return { method: request.method, path, operation: soapOperation(request) };
}

const BODY = /<(?:[\w.-]+:)?Body\b[^>]*>\s*<(?:[\w.-]+:)?([\w.-]+)/;

/** A SOAP call goes by the name of the first element in its body. */
function soapOperation({ url, body }: FastifyRequest): string | undefined {
  if (typeof body !== "string" || !url.startsWith("/services/Soap/")) return undefined;
  return BODY.exec(body)?.[1];
}

/** Operations of the Metadata API that change nothing. */
const READING = /^(read|list|describe|check|retrieve)/;

/** Reads what a set is made of: the management APIs of both vendors. */
export function isRead({ path, method, operation }: Asked): boolean {
  if (operation !== undefined) return READING.test(operation);
  return method === "GET" && (path.startsWith("/api/v2/") || path.startsWith("/services/data/"));
}

/** Writes what a set is made of; signing in is no such write. */
export function isWrite({ path, method, operation }: Asked): boolean {
  if (operation !== undefined) return !READING.test(operation);
  if (method === "GET" || path.startsWith("/api/v2/webdeployments/token/")) return false;
  return path.startsWith("/api/v2/") || path.startsWith("/services/data/");
}

export type Members =
  | Pick<GenesysState, "credentials" | "integrations" | "configurations" | "deployments">
  | Pick<SalesforceState, "components" | "consumers">;

/** A copy of the objects that sets are made of, without log-ins and sessions. */
export function membersOf(state: GenesysState | SalesforceState): Members {
  if ("components" in state) {
    const { components, consumers } = state;
    return structuredClone({ components, consumers });
  }
  const { credentials, integrations, configurations, deployments } = state;
  return structuredClone({ credentials, integrations, configurations, deployments });
}
