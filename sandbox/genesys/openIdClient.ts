import { createRemoteJWKSet, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import type { FailureReason } from "../ledger.ts";
import type { Document, Org } from "./org.ts";

const TIMEOUT_MS = 5_000;

/** The true reason why a sign-in failed. Never leaves the sandbox: see `guests.ts`. */
export class SignInFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, text: string) {
    super(text);
    this.name = "SignInFailure";
    this.reason = reason;
  }
}

/** What the org needs of a provider's discovery document. */
export interface Provider {
  issuer: string;
  token_endpoint: string;
  jwks_uri: string;
  token_endpoint_auth_methods_supported?: string[];
  authorization_response_iss_parameter_supported?: boolean;
}

/** The client id and secret stored in a credential. */
export interface StoredClient {
  id: string;
  secret: string;
}

export interface ProviderTokens {
  id_token?: string;
  refresh_token?: string;
  /** Life of the access token in seconds. */
  expires_in?: number;
}

/** Fetches and checks the discovery document (OpenID Connect Discovery 1.0, section 4). */
export async function discover(org: Org, url: string): Promise<Provider> {
  const document = await fetchDiscovery(org, url);
  for (const name of ["issuer", "token_endpoint", "jwks_uri"]) {
    if (typeof document[name] !== "string" || !URL.canParse(document[name])) {
      throw new SignInFailure("discovery_invalid", `The discovery document at ${url} has no usable ${name}.`);
    }
  }
  const provider = document as unknown as Provider;
  const expected = `${provider.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  if (org.assumptions.discoveryIssuerChecked.chosen && url !== expected) {
    const text = `The document at ${url} names the issuer ${provider.issuer}, whose document is elsewhere.`;
    throw new SignInFailure("discovery_issuer_mismatch", text);
  }
  return provider;
}

async function fetchDiscovery(org: Org, url: string): Promise<Document> {
  const redirect = org.assumptions.discoveryRedirects.chosen === "followed" ? "follow" : "error";
  const response = await reach("discovery_unreachable", url, { redirect });
  if (!response.ok) {
    throw new SignInFailure("discovery_unreachable", `${url} answered ${response.status}.`);
  }
  return (await jsonObject(response)) ?? failInvalid(url);
}

function failInvalid(url: string): never {
  throw new SignInFailure("discovery_invalid", `${url} did not answer a JSON object.`);
}

/** Asks the token endpoint for tokens, as the client, in the way the discovery document allows. */
export async function requestTokens(
  org: Org,
  provider: Provider,
  client: StoredClient,
  grant: Record<string, string>,
): Promise<ProviderTokens> {
  const { headers, form } = clientAuthentication(org, provider, client);
  const response = await reach("token_endpoint_unreachable", provider.token_endpoint, {
    method: "POST",
    redirect: "error",
    headers: { accept: "application/json", ...headers },
    body: new URLSearchParams({ ...grant, ...form }),
  });
  const answer = await jsonObject(response);
  if (response.ok && answer) return answer as ProviderTokens;
  throw refusedTokens(response.status, answer);
}

function refusedTokens(status: number, answer: Document | undefined): SignInFailure {
  const error = String(answer?.error ?? "no error code");
  const text = `The token endpoint answered ${status} ${error}: ${answer?.error_description ?? "no description"}`;
  // Salesforce has its own codes beside those of RFC 6749.
  switch (error) {
    case "invalid_client":
      return new SignInFailure("client_refused", text);
    case "invalid_client_id":
      return new SignInFailure("client_unknown", text);
    case "redirect_uri_mismatch":
      return new SignInFailure("redirect_uri_refused", text);
    case "invalid_grant":
      return new SignInFailure(text.includes("verifier") ? "code_verifier_refused" : "code_refused", text);
    default:
      return new SignInFailure("token_request_refused", text);
  }
}

function clientAuthentication(
  org: Org,
  provider: Provider,
  client: StoredClient,
): { headers: Record<string, string>; form: Record<string, string> } {
  // RFC 8414: basic is what a document without the list means.
  const offered = provider.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  const methods = ["client_secret_basic", "client_secret_post"].filter((method) => offered.includes(method));
  const preferred = org.assumptions.clientAuthentication.chosen;
  const method = methods.includes(preferred) ? preferred : methods[0];
  switch (method) {
    case "client_secret_basic":
      return { headers: { authorization: basic(client) }, form: {} };
    case "client_secret_post":
      return { headers: {}, form: { client_id: client.id, client_secret: client.secret } };
    default: {
      const text = `The provider offers ${offered.join(", ")}; Genesys needs a client secret by basic or post.`;
      throw new SignInFailure("client_authentication_unsupported", text);
    }
  }
}

/** RFC 6749 section 2.3.1: both parts are form-encoded before they are joined. */
function basic({ id, secret }: StoredClient): string {
  const encoded = (text: string) => new URLSearchParams({ text }).toString().slice("text=".length);
  return `Basic ${Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString("base64")}`;
}

/** What the ID token is checked against besides its provider and client. */
export interface Expected {
  nonce?: string;
  /** Seconds. */
  maxAge?: number;
}

/** Checks signature, issuer, audience, times, nonce and age of an ID token (OpenID Connect Core, 3.1.3.7). */
export async function verifyIdToken(
  org: Org,
  provider: Provider,
  client: StoredClient,
  idToken: string,
  expected: Expected,
): Promise<JWTPayload & { sub: string }> {
  checkAlgorithm(org, idToken);
  const clockTolerance = org.assumptions.clockToleranceSeconds.chosen;
  const keys = createRemoteJWKSet(new URL(provider.jwks_uri), { timeoutDuration: TIMEOUT_MS });
  const requiredClaims = ["sub", "exp", "iat"];
  const checks = { issuer: provider.issuer, audience: client.id, requiredClaims, clockTolerance };
  const { payload } = await jwtVerify(idToken, keys, checks).catch((error: unknown) => {
    throw idTokenFailure(error);
  });
  checkNonce(payload.nonce, expected.nonce);
  checkAge(payload.auth_time, expected.maxAge, clockTolerance);
  return payload as JWTPayload & { sub: string };
}

function checkAlgorithm(org: Org, idToken: string): void {
  const accepted = org.assumptions.idTokenAlgorithms.chosen;
  const { alg } = protectedHeader(idToken);
  if (accepted.includes(alg ?? "")) return;
  throw new SignInFailure(
    "id_token_algorithm",
    `The ID token is signed with ${alg}, not ${accepted.join(", ")}.`,
  );
}

function protectedHeader(idToken: string) {
  try {
    return decodeProtectedHeader(idToken);
  } catch {
    throw new SignInFailure("id_token_malformed", "The ID token is not a signed JSON Web Token.");
  }
}

function idTokenFailure(error: unknown): SignInFailure {
  const text = `The ID token was refused: ${(error as Error).message}`;
  if (error instanceof errors.JWTExpired) return new SignInFailure("id_token_expired", text);
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "iss") return new SignInFailure("id_token_issuer", text);
    if (error.claim === "aud") return new SignInFailure("id_token_audience", text);
    return new SignInFailure("id_token_claim", text);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return new SignInFailure("id_token_signature", text);
  if (error instanceof errors.JWKSNoMatchingKey) return new SignInFailure("id_token_key_unknown", text);
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) {
    return new SignInFailure("id_token_malformed", text);
  }
  return new SignInFailure("jwks_unreachable", text);
}

/** The nonce must be passed on exactly when the authorize request had one. */
function checkNonce(inToken: unknown, given: string | undefined): void {
  if (inToken === given) return;
  if (given === undefined) {
    throw new SignInFailure("nonce_missing", "The ID token has a nonce, the exchange was not given one.");
  }
  const text = inToken === undefined ? "The ID token has no nonce." : "The ID token has another nonce.";
  throw new SignInFailure("nonce_mismatch", `${text} The exchange was given one.`);
}

function checkAge(authTime: unknown, maxAge: number | undefined, tolerance: number): void {
  if (maxAge === undefined) return;
  const age = Date.now() / 1000 - Number(authTime ?? Number.NaN);
  if (age <= maxAge + tolerance) return;
  const text = authTime === undefined ? "has no auth_time" : `is from a sign-in ${Math.round(age)} s ago`;
  throw new SignInFailure("max_age_exceeded", `maxAge is ${maxAge} s, the ID token ${text}.`);
}

async function reach(reason: FailureReason, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    const cause = (error as Error).cause ?? error;
    throw new SignInFailure(reason, `${url} could not be reached: ${(cause as Error).message}`);
  }
}

async function jsonObject(response: Response): Promise<Document | undefined> {
  const value: unknown = await response.json().catch(() => undefined);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Document)
    : undefined;
}
