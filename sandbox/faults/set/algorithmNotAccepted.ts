import { decodeJwt, generateKeyPair, SignJWT } from "jose";
import type { Fault } from "../fault.ts";
import { withIdToken } from "./idToken.ts";
import { isRedemption } from "./signInRequests.ts";

export const algorithmNotAccepted: Fault = {
  name: "algorithm-not-accepted",
  kind: "set",
  seen: "Sign-ins fail at the exchange: ID tokens are signed by an algorithm that Genesys does not accept.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A25",
  applies: isRedemption,
  after: (answer) => withIdToken(answer, signedOtherwise),
};

async function signedOtherwise(idToken: string): Promise<string> {
  const { privateKey } = await generateKeyPair("PS512");
  return new SignJWT(decodeJwt(idToken)).setProtectedHeader({ alg: "PS512", typ: "JWT" }).sign(privateKey);
}
