import { createHmac, createPublicKey } from "node:crypto";
import { errors, jwtVerify } from "jose";
import { identityUrl, type Org, openSession } from "./org.ts";
import { adminKeyPairOf } from "./state.ts";

/** An OAuth error: `{"error", "error_description"}` with HTTP status 400. */
export class OAuthError extends Error {
  readonly error: string;
  constructor(error: string, description: string, options?: ErrorOptions) {
    super(description, options);
    this.name = "OAuthError";
    this.error = error;
  }
}

/** The body of a token answer; all values are strings. */
export type TokenAnswer = Record<string, string>;

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const LOGIN_HOSTS = ["https://login.salesforce.com", "https://test.salesforce.com"];

/** The grants by which tools log in to the API; `undefined` for a grant that is not one of them. */
export function apiGrant(
  grantType: string | undefined,
):
  | ((org: Org, form: URLSearchParams, authorization: string | undefined) => Promise<TokenAnswer>)
  | undefined {
  if (grantType === "client_credentials") return clientCredentials;
  if (grantType === JWT_BEARER) return jwtBearer;
  return undefined;
}

async function clientCredentials(
  org: Org,
  form: URLSearchParams,
  authorization: string | undefined,
): Promise<TokenAnswer> {
  const given = authorization === undefined ? formCredentials(form) : basicCredentials(authorization);
  const { salesforceAdmin, salesforceReadOnly } = org.logIns;
  const client = [salesforceAdmin, salesforceReadOnly].find(({ clientId }) => clientId === given.clientId);
  if (client === undefined) throw new OAuthError("invalid_client_id", "client identifier invalid");
  if (client.clientSecret !== given.clientSecret) {
    throw new OAuthError("invalid_client", "invalid client credentials");
  }
  return logIn(org, client.username, client.clientSecret);
}

function formCredentials(form: URLSearchParams) {
  return { clientId: form.get("client_id"), clientSecret: form.get("client_secret") };
}

function basicCredentials(authorization: string) {
  const decoded = Buffer.from(authorization.replace(/^Basic /i, ""), "base64").toString();
  const [clientId = "", clientSecret = ""] = decoded.split(":").map(decodeURIComponent);
  return { clientId, clientSecret };
}

/** A signed assertion of the admin client, instead of its secret. */
async function jwtBearer(org: Org, form: URLSearchParams): Promise<TokenAnswer> {
  const { salesforceAdmin } = org.logIns;
  const publicKey = createPublicKey(adminKeyPairOf(org.store).publicKey);
  const { payload } = await jwtVerify(form.get("assertion") ?? "", publicKey, {
    algorithms: ["RS256"],
    audience: [org.url, `${org.url}/services/oauth2/token`, ...LOGIN_HOSTS],
    requiredClaims: ["iss", "sub", "exp"],
  }).catch((cause: unknown) => {
    throw new OAuthError("invalid_grant", assertionProblem(cause));
  });
  if (payload.iss !== salesforceAdmin.clientId) {
    throw new OAuthError("invalid_client_id", "client identifier invalid");
  }
  if (payload.sub !== salesforceAdmin.username) {
    throw new OAuthError("invalid_grant", "user hasn't approved this consumer");
  }
  return logIn(org, payload.sub, salesforceAdmin.clientSecret);
}

function assertionProblem(cause: unknown): string {
  if (cause instanceof errors.JWTExpired) return "assertion is expired";
  if (cause instanceof errors.JWTClaimValidationFailed && cause.claim === "aud") return "audience is invalid";
  return "invalid assertion";
}

function logIn(org: Org, username: string, clientSecret: string): TokenAnswer {
  const user = org.store.state.users.find((candidate) => candidate.username === username);
  if (!user?.isActive) throw new OAuthError("invalid_grant", "inactive user");
  return {
    access_token: openSession(org, user),
    scope: "api",
    ...salesforceTokenFields(org, identityUrl(org, user), clientSecret),
  };
}

/** What Salesforce adds to every token answer. The client's secret signs the identity URL and the time. */
export function salesforceTokenFields(org: Org, id: string, clientSecret: string): TokenAnswer {
  const issuedAt = String(Date.now());
  const signature = createHmac("sha256", clientSecret)
    .update(id + issuedAt)
    .digest("base64");
  return { signature, instance_url: org.url, id, token_type: "Bearer", issued_at: issuedAt };
}
