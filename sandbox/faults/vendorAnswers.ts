import { ApiError, errorBody } from "../genesys/errors.ts";
import type { GenesysState } from "../genesys/org.ts";
import { sfFault } from "../salesforce/metadata/metadataType.ts";
import { faultResponse } from "../salesforce/metadata/soap.ts";
import type { SalesforceState } from "../salesforce/state.ts";
import type { Answer, Call } from "./fault.ts";

/** An error in a vendor's own shape: which one depends on the API that was called. */
export function vendorError(
  call: Call,
  {
    status,
    genesys,
    salesforce,
    message,
  }: { status: number; genesys: string; salesforce: string; message: string },
  headers: Answer["headers"] = {},
): Answer {
  const { path, vendor, request } = call;
  if (path.startsWith("/services/Soap/")) {
    const body = faultResponse(sfFault(salesforce, message));
    return { status, headers: { ...headers, "content-type": "text/xml; charset=utf-8" }, body };
  }
  if (path.startsWith("/services/data")) return json(status, [{ message, errorCode: salesforce }], headers);
  if (vendor === "genesys" && path !== "/oauth/token") {
    return json(status, errorBody(new ApiError(status, genesys, message), request.id), headers);
  }
  const error = vendor === "genesys" ? genesys : salesforce;
  return json(status, { error, description: message, error_description: message }, headers);
}

export function json(status: number, body: unknown, headers: Answer["headers"] = {}): Answer {
  const type = { "content-type": "application/json; charset=utf-8" };
  return { status, headers: { ...headers, ...type }, body: JSON.stringify(body) };
}

/** The same answer with its JSON changed; other answers, and those of failures, stay as they are. */
export function withJson(answer: Answer, change: (body: unknown) => unknown): Answer {
  const isJson = /^application\/(?:[\w-]+\+)?json/.test(String(answer.headers["content-type"]));
  if (!isJson || answer.status >= 300 || answer.body === "") return answer;
  return { ...answer, body: JSON.stringify(change(JSON.parse(answer.body))) };
}

/** Operations of the Metadata API that change nothing. */
const READING = /^(read|list|describe|check|retrieve)/;

/** Reads what a set is made of: the management APIs of both vendors. */
export function isRead({ path, method, operation }: Call): boolean {
  if (operation !== undefined) return READING.test(operation);
  return method === "GET" && (path.startsWith("/api/v2/") || path.startsWith("/services/data/"));
}

/** Writes what a set is made of; signing in is no such write. */
export function isWrite({ path, method, operation }: Call): boolean {
  if (operation !== undefined) return !READING.test(operation);
  if (method === "GET" || path.startsWith("/api/v2/webdeployments/token/")) return false;
  return path.startsWith("/api/v2/") || path.startsWith("/services/data/");
}

type Members =
  | Pick<GenesysState, "credentials" | "integrations" | "configurations" | "deployments">
  | Pick<SalesforceState, "components" | "consumers">;

/** A copy of the objects that sets are made of, without log-ins and sessions. */
export function membersOf({ vendor, world }: Call): Members {
  if (vendor === "genesys") {
    const { credentials, integrations, configurations, deployments } = world.genesys;
    return structuredClone({ credentials, integrations, configurations, deployments });
  }
  const { components, consumers } = world.salesforce;
  return structuredClone({ components, consumers });
}
