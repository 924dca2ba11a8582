import { randomBytes } from "node:crypto";
import type { AuthorizationServer } from "oauth4webapi";
import type { PageContract } from "../../components/pageContract.ts";
import { authorizeRequest } from "./authorizeRequest.ts";
import type { Redeemable } from "./tokenEndpoint.ts";

/** A callback as it would bring a code, which nobody gave: what is said to it is said to the client. */
export async function bogusCode(contract: PageContract, provider: AuthorizationServer): Promise<Redeemable> {
  const request = await authorizeRequest(contract);
  const callback = new URL(contract.redirectUri);
  const { state, nonce, codeVerifier } = request;
  const code = bogus();
  const parameters = { code, state, iss: provider.issuer };
  for (const [name, value] of Object.entries(parameters)) callback.searchParams.set(name, value);
  return { provider, request, callback, secrets: [code, codeVerifier, nonce, state] };
}

/** A value that no vendor can know. */
export function bogus(): string {
  return randomBytes(24).toString("base64url");
}
