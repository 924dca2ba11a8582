import { randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { OAuthClient } from "./clients.ts";
import { ApiError } from "./errors.ts";
import type { RateLimit } from "./limits.ts";
import { after, found, isPast, now, type Org } from "./org.ts";

/** `POST /oauth/token`: client credentials by HTTP Basic, errors in the login host's own shape. */
export function addLogin(app: FastifyInstance, org: Org, limit: RateLimit): void {
  app.post("/oauth/token", async (request, reply) => {
    const [clientId, secret] = basicCredentials(request.headers.authorization);
    if (limit.secondsToWait(clientId) !== undefined) {
      // Not a 429: this is how the login host says it.
      const description = "rate limit exceeded; too many requests for this client";
      return refuse(reply, 400, "invalid_request", description);
    }
    const client = org.clients.find((candidate) => candidate.clientId === clientId);
    if (!client) return refuse(reply, 400, "invalid_client", "client not found");
    if (client.clientSecret !== secret) {
      return refuse(
        reply,
        org.assumptions.wrongSecretStatus.chosen,
        "invalid_client",
        "authentication failed",
      );
    }
    const form = new URLSearchParams(String(request.body ?? ""));
    if (form.get("grant_type") !== "client_credentials") {
      return refuse(reply, 400, "unsupported_grant_type", "only client_credentials is supported");
    }
    const expires_in = org.assumptions.accessTokenSeconds.chosen;
    return { access_token: issueToken(org, clientId, expires_in), token_type: "bearer", expires_in };
  });
}

/** The client behind a bearer token, or the 401 that the API answers without a valid one. */
export function authenticate(
  org: Org,
  authorization: string | undefined,
): { client: OAuthClient; token: string } {
  const token = bearerToken(authorization);
  if (token === undefined) {
    const message = "No authentication bearer token specified in authorization header.";
    throw new ApiError(401, "authentication.required", message);
  }
  const known = found(org.store.state.accessTokens, token);
  const client = org.clients.find(({ clientId }) => clientId === known?.clientId);
  if (!known || !client) throw new ApiError(401, "bad.credentials", "Invalid login credentials.");
  if (isPast(known.expiresAt))
    throw new ApiError(401, "credentials.expired", "The access token has expired.");
  return { client, token };
}

/** The 403 that names what is missing, unless the client may. */
export function authorize(
  { permissions: held }: OAuthClient,
  { type, permissions }: { type: "ANY" | "ALL"; permissions: readonly string[] },
): void {
  const missing = permissions.filter((name) => !held.includes(name));
  if (missing.length === 0 || (type === "ANY" && missing.length < permissions.length)) return;
  const code = type === "ANY" ? "missing.any.permissions" : "missing.permissions";
  const list = missing.join(", ");
  const message = `Unable to perform the requested action. You are missing the following permission(s): ${list}`;
  throw new ApiError(403, code, message, { messageParams: { permissions: list } });
}

export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer (\S+)$/i.exec(authorization ?? "")?.[1];
}

function basicCredentials(authorization: string | undefined): [id: string, secret: string] {
  const encoded = /^basic (\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
  const [id = "", ...secret] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return [id, secret.join(":")];
}

function refuse(reply: FastifyReply, status: number, error: string, description: string) {
  return reply.code(status).send({ error, description, error_description: description });
}

function issueToken(org: Org, clientId: string, seconds: number): string {
  const { accessTokens } = org.store.state;
  for (const [token, { expiresAt }] of Object.entries(accessTokens)) {
    if (isPast(expiresAt)) delete accessTokens[token];
  }
  const token = randomBytes(32).toString("base64url");
  accessTokens[token] = { clientId, expiresAt: after(now(), seconds * 1000) };
  org.store.save();
  return token;
}
