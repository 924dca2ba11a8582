import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { identityUrl, type Org, sessionUser } from "../org.ts";
import { isSupportedVersion, VERSIONS } from "../versions.ts";
import { addCredentialsApi } from "./credentials.ts";
import { query } from "./query.ts";
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
  rest.get<{ Querystring: { q?: string } }>("/query", async (request) =>
    query(authenticate(request), "rest", request.query.q ?? ""),
  );
  rest.get<{ Querystring: { q?: string } }>("/tooling/query", async (request) =>
    query(authenticate(request), "tooling", request.query.q ?? ""),
  );
  addCredentialsApi(rest, authenticate);
}

function resources(version: number): Record<string, string> {
  const base = `/services/data/v${version}.0`;
  return { query: `${base}/query`, tooling: `${base}/tooling`, apps: `${base}/apps` };
}

function callerOf(org: Org, request: FastifyRequest): RestCaller {
  const { version } = request.params as { version: string };
  const number = version.replace(/^v/, "");
  if (!version.startsWith("v") || !isSupportedVersion(number)) throw resourceNotFound();
  const token = request.headers.authorization?.match(/^(?:Bearer|OAuth) (.+)$/i)?.[1];
  const user = sessionUser(org, token);
  if (user === undefined) throw new RestError(401, "INVALID_SESSION_ID", "Session expired or invalid");
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
