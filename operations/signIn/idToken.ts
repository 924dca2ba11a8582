import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";
import type { AuthorizationServer } from "oauth4webapi";
import { CodedError, type Evidence } from "../../providers/errors.ts";
import { hashed } from "../fingerprints.ts";
import { jsonOf, ofApi, type Send, shownUrl } from "../http.ts";

/** What of an ID token is wrong: a header, a claim, or the token as such. */
export type IdTokenFlaw = "token" | "alg" | "key" | "signature" | "iss" | "aud" | "sub" | "exp" | "nonce";

/** An ID token for people who may not see it: no value that names a person. */
export type IdTokenFacts = {
  alg?: string | undefined;
  kid?: string | undefined;
  iss?: string | undefined;
  aud?: string | undefined;
  /** The subject's length and a part of its SHA-256, to compare it with others. */
  sub?: string | undefined;
  issuedAt?: string | undefined;
  expiresAt?: string | undefined;
  nonce?: "as sent" | "another" | "none" | undefined;
  /** Names of all claims. */
  claims?: string | undefined;
};

/** Against what an ID token is checked. */
export interface Expected {
  provider: AuthorizationServer;
  clientId: string;
  nonce: string;
}

/** By how much the provider's clock may differ from this machine's. */
const clockToleranceSeconds = 60;

/**
 * Checks an ID token as OpenID Connect Core 1.0 section 3.1.3.7 says: signature by a published key, algorithm,
 * issuer, audience, times, nonce, subject.
 *
 * @throws CodedError SIGN_IN_ID_TOKEN_MISSING, SIGN_IN_ID_TOKEN_ODD, SIGN_IN_UNAVAILABLE
 */
export async function checkIdToken(
  idToken: string | undefined,
  expected: Expected,
  send: Send,
): Promise<IdTokenFacts> {
  if (idToken === undefined) throw missing(expected);
  const facts = factsOf(idToken, expected);
  const { provider, clientId, nonce } = expected;
  const keys = await publishedKeys(provider, send, facts);
  try {
    const { payload } = await jwtVerify(idToken, keys, {
      issuer: provider.issuer,
      audience: clientId,
      algorithms: (provider.id_token_signing_alg_values_supported as string[] | undefined) ?? ["RS256"],
      requiredClaims: ["sub", "exp", "iat"],
      clockTolerance: clockToleranceSeconds,
    });
    if (payload.nonce !== nonce) throw odd("nonce", "not the nonce of the authorize request", facts);
    return facts;
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw odd(flawOf(error), error instanceof Error ? error.message : String(error), facts);
  }
}

/** What an ID token says, as far as it can be read. */
export function factsOf(idToken: string, { nonce }: Pick<Expected, "nonce">): IdTokenFacts {
  const header = readable(() => decodeProtectedHeader(idToken));
  const claims: JWTPayload = readable(() => decodeJwt(idToken)) ?? {};
  const { iss, aud, sub, iat, exp } = claims;
  return {
    alg: header?.alg,
    kid: header?.kid,
    iss,
    aud: aud && [aud].flat().join(" "),
    sub: sub && hashed(sub),
    issuedAt: isoTime(iat),
    expiresAt: isoTime(exp),
    nonce: claims.nonce === undefined ? "none" : claims.nonce === nonce ? "as sent" : "another",
    claims: Object.keys(claims).join(" "),
  };
}

function isoTime(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : new Date(seconds * 1_000).toISOString();
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

async function publishedKeys(
  { jwks_uri }: AuthorizationServer,
  send: Send,
  facts: IdTokenFacts,
): Promise<JWTVerifyGetKey> {
  const answer = ofApi(await send(jwks_uri ?? ""));
  try {
    return createLocalJWKSet(jsonOf(answer) as JSONWebKeySet);
  } catch {
    const seen = { ...facts, url: shownUrl(answer.url), status: answer.status };
    throw odd("key", "the provider publishes no usable set of keys", seen);
  }
}

function flawOf(error: unknown): IdTokenFlaw {
  if (error instanceof errors.JWTExpired) return "exp";
  if (error instanceof errors.JWTClaimValidationFailed) return flawOfClaim(error.claim);
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return "key";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "signature";
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return "alg";
  return "token";
}

function flawOfClaim(claim: string): IdTokenFlaw {
  if (claim === "iss" || claim === "aud" || claim === "sub") return claim;
  return "exp";
}

function missing({ clientId }: Expected): CodedError {
  return new CodedError({
    code: "SIGN_IN_ID_TOKEN_MISSING",
    what: "Salesforce redeemed the code, but gave no ID token.",
    evidence: { clientId },
    next: "See that the page asks for the scope openid, and that the External Client App selects it.",
  });
}

function odd(flaw: IdTokenFlaw, reason: string, facts: IdTokenFacts & Evidence): CodedError {
  return new CodedError({
    code: "SIGN_IN_ID_TOKEN_ODD",
    what: "Salesforce redeemed the code, but the ID token does not stand the check.",
    evidence: { flaw, reason, ...facts },
    next: "Compare the evidence with the ID token of a set that works; the settings are those of the External Client App.",
  });
}
