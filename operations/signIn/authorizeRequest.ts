import * as oauth from "oauth4webapi";
import type { PageContract } from "../../components/pageContract.ts";

/** An OpenID Connect authorize request, and what must be remembered until its answer comes. */
export interface AuthorizeRequest {
  url: URL;
  /** A callback URL of the app, which the exchange has to name again. */
  redirectUri: string;
  state: string;
  nonce: string;
  codeVerifier: string;
}

/**
 * The request of a page that keeps its contract: code flow with PKCE S256, nonce and state, all new each time.
 *
 * @param redirectUri where to be sent back to, if not to the page
 * @param maxAge how long ago, in seconds, the visitor may have logged in at most; pages that keep their contract ask for none
 */
export async function authorizeRequest(
  contract: PageContract,
  redirectUri = contract.redirectUri,
  maxAge?: number,
): Promise<AuthorizeRequest> {
  const [state, nonce, codeVerifier] = [
    oauth.generateRandomState(),
    oauth.generateRandomNonce(),
    oauth.generateRandomCodeVerifier(),
  ];
  const url = new URL(contract.authorizeUrl);
  const parameters = {
    response_type: "code",
    client_id: contract.clientId,
    redirect_uri: redirectUri,
    scope: contract.scopes.join(" "),
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: contract.pkce.method,
    ...(maxAge !== undefined && { max_age: String(maxAge) }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url, redirectUri, state, nonce, codeVerifier };
}
