import { createHash } from "node:crypto";
import { decodeJwt, importJWK, type JWK, SignJWT } from "jose";
import type { KoaContextWithOIDC } from "oidc-provider";
import type { Application, Directory } from "./directory.ts";

/** How requests are read where sources do not agree about Salesforce. */
export interface Reading {
  /** A `code_challenge` without `code_challenge_method`. */
  missingChallengeMethod: "plain" | "S256";
  /** An authorize request without `scope`. */
  omittedScope: "all of the app" | "none";
}

type Query = KoaContextWithOIDC["query"];

/** Rewrites an authorize request of Salesforce's dialect into what OpenID Connect and its library expect. */
export function standardAuthorizeRequest(query: Query, directory: Directory, reading: Reading): Query {
  return withoutConsent(withScopes(withChallengeMethod({ ...query }, reading), directory, reading));
}

/** RFC 7636 reads a challenge without a method as `plain`: the verifier itself, which S256 can hold hashed. */
function withChallengeMethod(query: Query, reading: Reading): Query {
  const { code_challenge: challenge, code_challenge_method: method } = query;
  if (typeof challenge !== "string" || method !== undefined) return query;
  const plain = reading.missingChallengeMethod === "plain";
  return { ...query, code_challenge: plain ? sha256(challenge) : challenge, code_challenge_method: "S256" };
}

/** Parameters that only OpenID Connect knows; Salesforce ignores them when `openid` is not asked for. */
const OPENID_PARAMETERS = ["nonce", "max_age", "id_token_hint", "acr_values", "claims"];

function withScopes(query: Query, directory: Directory, reading: Reading): Query {
  const scopes = askedScopes(query, directory, reading);
  if (scopes === undefined) return query;
  const known = Object.entries(query).filter(
    ([name]) => scopes.includes("openid") || !OPENID_PARAMETERS.includes(name),
  );
  return { ...Object.fromEntries(known), scope: scopes.join(" ") };
}

/** Offline access is another name of the refresh token scope, and needs no consent. */
function askedScopes({ scope, client_id }: Query, directory: Directory, reading: Reading) {
  if (Array.isArray(scope)) return undefined;
  const asked = scope?.split(" ").filter((name) => name !== "") ?? [];
  if (asked.length > 0)
    return [...new Set(asked.map((name) => (name === "offline_access" ? "refresh_token" : name)))];
  if (reading.omittedScope === "none" || typeof client_id !== "string") return [];
  const all = directory.application(client_id)?.scopes ?? new Set();
  return [...all].filter((name) => name !== "offline_access");
}

/** Users authorize their own apps by logging in, so that there is no consent page to ask for. */
function withoutConsent({ prompt, ...query }: Query): Query {
  if (typeof prompt !== "string") return prompt === undefined ? query : { ...query, prompt };
  const kept = prompt.split(" ").filter((name) => name !== "consent" && name !== "select_account");
  return kept.length === 0 ? query : { ...query, prompt: kept.join(" ") };
}

/** Whose ID tokens they are. */
interface Signer {
  signingKey: JWK;
  /** Where the person signed in. */
  issuer: string;
}

/** Salesforce's answer to a token request: more fields, no `expires_in`, and only new refresh tokens. */
export async function salesforceTokenAnswer(
  standard: Record<string, unknown>,
  directory: Directory,
  application: Application,
  signer: Signer,
  knownRefreshToken: unknown,
): Promise<Record<string, unknown>> {
  const { expires_in: _, refresh_token, id_token, subject, ...answer } = standard;
  return {
    ...answer,
    ...(refresh_token === undefined || refresh_token === knownRefreshToken ? {} : { refresh_token }),
    ...(typeof id_token === "string"
      ? { id_token: await salesforceIdToken(id_token, String(answer.access_token), application, signer) }
      : {}),
    ...directory.tokenFields(String(subject), application.clientSecret),
  };
}

/** The same ID token with `at_hash`, and with the audiences and the attributes that the app adds. */
async function salesforceIdToken(
  standard: string,
  accessToken: string,
  application: Application,
  { signingKey, issuer }: Signer,
): Promise<string> {
  const claims = decodeJwt(standard);
  const [only, ...others] = [application.clientId, ...application.idTokenAudience];
  const aud = others.length === 0 ? only : [only ?? "", ...others];
  const hash = createHash("sha256").update(accessToken).digest();
  const at_hash = hash.subarray(0, hash.length / 2).toString("base64url");
  const attributes = application.idTokenAttributes(String(claims.sub));
  return new SignJWT({ at_hash, ...attributes, ...claims, iss: issuer, aud })
    .setProtectedHeader({ kid: signingKey.kid ?? "", typ: "JWT", alg: "RS256" })
    .sign(await importJWK(signingKey, "RS256"));
}

/** An OAuth error in Salesforce's words. */
export interface SalesforceError {
  error: string;
  error_description: string;
}

/** Evidence in the library's error, and what Salesforce says; the first row that matches counts. */
const TRANSLATIONS: [evidence: RegExp, error: string, description: string][] = [
  [/client not found|client is invalid/, "invalid_client_id", "client identifier invalid"],
  [/^invalid_client\b/, "invalid_client", "invalid client credentials"],
  [/no client authentication mechanism/, "invalid_client_id", "client identifier invalid"],
  [/policy requires PKCE/, "invalid_request", "missing required code challenge"],
  // The latter is what the library says to a verifier whose request had no challenge.
  [/code_verifier|unsupported code_challenge_method/, "invalid_grant", "invalid code verifier"],
  [
    /redirect_uri mismatch|^invalid_redirect_uri/,
    "redirect_uri_mismatch",
    "redirect_uri must match configuration",
  ],
  [/account not found/, "invalid_grant", "authentication failure"],
  [/refresh token/, "invalid_grant", "expired access/refresh token"],
  [/^invalid_grant/, "invalid_grant", "expired authorization code"],
  [/^invalid_scope/, "invalid_scope", "the requested scope is invalid"],
  [/^unsupported_grant_type/, "unsupported_grant_type", "grant type not supported"],
  [/^unsupported_response_type/, "unsupported_response_type", "response type not supported"],
  [/^access_denied/, "access_denied", "end-user denied authorization"],
];

/** Says an error as Salesforce does; `detail` is what the library knows but does not tell clients. */
export function salesforceError(error: string, description = "", detail = ""): SalesforceError {
  const evidence = [error, description, detail].join("\n");
  const row = TRANSLATIONS.find(([pattern]) => pattern.test(evidence));
  return row === undefined
    ? { error, error_description: description }
    : { error: row[1], error_description: row[2] };
}

/** The address a browser is sent back to: no `iss`, which Salesforce does not send, and its own error texts. */
export function salesforceRedirect(location: string, issuer: string): string {
  const url = URL.parse(location);
  if (url === null) return location;
  if (url.searchParams.get("iss") === issuer) speakInRedirect(url.searchParams);
  const fragment = new URLSearchParams(url.hash.slice(1));
  if (fragment.get("iss") === issuer) {
    speakInRedirect(fragment);
    url.hash = fragment.toString();
  }
  return url.href;
}

function speakInRedirect(parameters: URLSearchParams) {
  parameters.delete("iss");
  parameters.delete("scope");
  const error = parameters.get("error");
  if (error === null) return;
  const translated = salesforceError(error, parameters.get("error_description") ?? "");
  parameters.set("error", translated.error);
  parameters.set("error_description", translated.error_description);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
