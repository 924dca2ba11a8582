import { decodeJwt, decodeProtectedHeader, importJWK, type JWTPayload, SignJWT } from "jose";
import type { Answer, Call, Fault } from "../fault.ts";
import { isRedemption } from "./signInRequests.ts";

type Story = Pick<Fault, "name" | "seen" | "cause">;

/** A fault by which Salesforce gives ID tokens with other claims, signed by its own key like any. */
export function oddIdToken(story: Story, alter: (claims: JWTPayload) => JWTPayload): Fault {
  return {
    ...story,
    kind: "set",
    vendors: ["salesforce"],
    member: "ECA",
    applies: isRedemption,
    after: (answer, call) => withIdToken(answer, (idToken) => signedAgain(idToken, alter, call)),
  };
}

/** The same token answer with another ID token, if it has one. */
export async function withIdToken(
  answer: Answer,
  alter: (idToken: string) => Promise<string>,
): Promise<Answer> {
  if (answer.status !== 200) return answer;
  const tokens = JSON.parse(answer.body) as { id_token?: string };
  if (tokens.id_token === undefined) return answer;
  return { ...answer, body: JSON.stringify({ ...tokens, id_token: await alter(tokens.id_token) }) };
}

async function signedAgain(idToken: string, alter: (claims: JWTPayload) => JWTPayload, { world }: Call) {
  const header = decodeProtectedHeader(idToken);
  const key = world.salesforce.signingKeys.find(({ kid }) => kid === header.kid);
  // Another fault has signed it by a key that nobody knows.
  if (key === undefined) return idToken;
  const claims = alter(decodeJwt(idToken));
  return new SignJWT(claims)
    .setProtectedHeader({ ...header, alg: "RS256" })
    .sign(await importJWK(key, "RS256"));
}
