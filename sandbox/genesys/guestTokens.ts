import { generateKeyPairSync, randomUUID } from "node:crypto";
import { importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import { ApiError } from "./errors.ts";
import { bearerToken } from "./login.ts";
import { existing, type Org } from "./org.ts";

const ALGORITHM = "RS256";

/** Who a guest token speaks for. The claims are the sandbox's own: the vendor documents none. */
export interface Guest {
  deploymentId: string;
  /** Subject at the identity provider. */
  subject: string;
}

/** Signs a guest token that lives for `seconds`. */
export async function issueGuestToken(org: Org, guest: Guest, seconds: number): Promise<string> {
  return new SignJWT({ deploymentId: guest.deploymentId })
    .setProtectedHeader({ alg: ALGORITHM, typ: "JWT" })
    .setIssuer(org.url)
    .setSubject(guest.subject)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${Math.floor(seconds)} s`)
    .sign(await importJWK(privateKey(org), ALGORITHM));
}

/** The guest behind a bearer token; 401 when it is missing, invalid, expired or revoked. */
export async function authenticateGuest(
  org: Org,
  authorization: string | undefined,
): Promise<Guest & { tokenId: string }> {
  const token = bearerToken(authorization);
  if (token === undefined) {
    throw new ApiError(401, "authentication.required", "No authentication bearer token specified.");
  }
  const key = await importJWK(publicKey(org), ALGORITHM);
  const { payload } = await jwtVerify(token, key, { issuer: org.url, algorithms: [ALGORITHM] }).catch(() => {
    throw new ApiError(401, "bad.credentials", "The guest token is not valid.");
  });
  const tokenId = String(payload.jti);
  if (org.store.state.revokedGuestTokens.includes(tokenId)) {
    throw new ApiError(401, "bad.credentials", "The guest token was revoked.");
  }
  const deploymentId = String(payload.deploymentId);
  existing(org.store.state.deployments, "deployment", deploymentId);
  return { deploymentId, subject: String(payload.sub), tokenId };
}

function privateKey(org: Org): JWK {
  org.store.state.guestKey ??= generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
    format: "jwk",
  }) as Record<string, unknown>;
  return org.store.state.guestKey as JWK;
}

function publicKey(org: Org): JWK {
  const { kty, n, e } = privateKey(org);
  return { kty, n, e } as JWK;
}
