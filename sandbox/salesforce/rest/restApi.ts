import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { apiUsage, countApiCall } from "../apiUsage.ts";
import { identityUrl, type Org, sessionUser } from "../org.ts";
import { isSupportedVersion, VERSIONS } from "../versions.ts";
import { addCredentialsApi } from "./credentials.ts";
import { addDeployRequests } from "./deployRequests.ts";
import { query, queryColumns, record } from "./query.ts";
import { type Authenticate, type RestCaller, RestError, resourceNotFound } from "./restCall.ts";

/** The REST API under `/services/data`. */
export function addRestApi(app: FastifyInstance, org: Org): void {
  app.register(async (rest) => {
    rest.setErrorHandler(answerError);
    rest.addContentTypeParser("application/json", { parseAs: "string" }, parseJson);
    rest.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
    rest.setNotFoundHandler((_request, reply) => answerError(resourceNotFound(), _request, reply));
    rest.get("/services/data", async () => VERSIONS);
    rest.register(async (versioned) => addVersionedResources(versioned, org), {
      prefix: "/services/data/:version",
    });
  });
}

function addVersionedResources(rest: FastifyInstance, org: Org) {
  const authenticate: Authenticate = (request) => callerOf(org, request);
  rest.get("/", async (request) => {
    const { user, version } = authenticate(request);
    return { ...resources(version), identity: identityUrl(org, user) };
  });
  for (const [path, api] of [
    ["/query", "rest"],
    ["/tooling/query", "tooling"],
  ] as const) {
    rest.get<{ Querystring: { q?: string; columns?: string } }>(path, async (request) => {
      const { q = "", columns } = request.query;
      const caller = authenticate(request);
      return columns === "true" ? queryColumns(api, q) : query(caller, api, q);
    });
  }
  rest.get<{ Params: { type: string; id: string } }>("/sobjects/:type/:id", async (request) =>
    record(authenticate(request), request.params.type, request.params.id),
  );
  rest.get("/limits", async (request) => limits(authenticate(request)));
  addDeployRequests(rest, authenticate);
  addCredentialsApi(rest, authenticate);
  rest.addHook("onSend", async (_request, reply) => {
    const { max, used } = apiUsage(org);
    reply.header("sforce-limit-info", `api-usage=${used}/${max}`);
  });
}

/** The org's limits; of all that a real org lists, the one that the sandbox keeps. */
function limits({ org }: RestCaller) {
  const { max, used } = apiUsage(org);
  return { DailyApiRequests: { Max: max, Remaining: max - used } };
}

function resources(version: number): Record<string, string> {
  const base = `/services/data/v${version}.0`;
  const names = ["apps", "limits", "metadata", "query", "sobjects", "tooling"];
  return Object.fromEntries(names.map((name) => [name, `${base}/${name}`]));
}

function callerOf(org: Org, request: FastifyRequest): RestCaller {
  const { version } = request.params as { version: string };
  const number = version.replace(/^v/, "");
  if (!version.startsWith("v") || !isSupportedVersion(number)) throw resourceNotFound();
  const token = request.headers.authorization?.match(/^(?:Bearer|OAuth) (.+)$/i)?.[1];
  const user = sessionUser(org, token);
  if (user === undefined) throw new RestError(401, "INVALID_SESSION_ID", "Session expired or invalid");
  if (!countApiCall(org)) {
    throw new RestError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
  }
  return { org, user, version: Number(number) };
}

function answerError(error: unknown, _request: FastifyRequest, reply: FastifyReply) {
  const { status, errorCode, message } = asRestError(error);
  return reply.code(status).send([{ message, errorCode }]);
}

/** A body is optional, even where the content type announces one. */
function parseJson(
  _request: FastifyRequest,
  body: string | Buffer,
  done: (error: Error | null, body?: unknown) => void,
) {
  try {
    done(null, body.length === 0 ? undefined : JSON.parse(String(body)));
  } catch (error) {
    done(new RestError(400, "JSON_PARSER_ERROR", (error as Error).message));
  }
}

function asRestError(error: unknown): RestError {
  if (error instanceof RestError) return error;
  const { statusCode = 500, message } = error as { statusCode?: number; message: string };
  return new RestError(statusCode, statusCode < 500 ? "INVALID_REQUEST" : "UNKNOWN_EXCEPTION", message);
}
