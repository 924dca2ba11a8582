import * as oauth from "oauth4webapi";
import { visitor } from "../../sandbox/accounts.ts";
import { Browser } from "./browser.ts";
import { CALLBACK, createApp, startOrg } from "./salesforceOrg.ts";

export const LOOPBACK = { [oauth.allowInsecureRequests]: true };
export const SCOPE = "openid profile email refresh_token";

type Org = Awaited<ReturnType<typeof startOrg>>;

/** An org with one app, and a strict OpenID client of it. */
export async function startSignIn(options: Parameters<typeof startOrg>[0] = {}, globalSettings: object = {}) {
  const org = await startOrg(options);
  const { clientId, clientSecret } = await createApp(org, globalSettings);
  return { org, ...(await openIdClient(org, clientId, clientSecret)) };
}

/** @param sitePath of the Experience Cloud site that the client knows, if it is not to know the org itself */
export async function openIdClient(org: Org, clientId: string, clientSecret: string, sitePath = "") {
  const issuer = new URL(org.url + sitePath);
  const response = await oauth.discoveryRequest(issuer, LOOPBACK);
  const server = await oauth.processDiscoveryResponse(issuer, response);
  return {
    server,
    clientId,
    clientSecret,
    client: { client_id: clientId },
    verifier: oauth.generateRandomCodeVerifier(),
  };
}

export type SignIn = Awaited<ReturnType<typeof startSignIn>>;

/** The authorize URL of a correct request; `undefined` takes a parameter away. */
export async function authorizeUrl(
  { server, clientId, verifier }: SignIn,
  changes: Record<string, string | undefined> = {},
) {
  const parameters = {
    client_id: clientId,
    redirect_uri: CALLBACK,
    response_type: "code",
    scope: SCOPE,
    state: "my-state",
    nonce: "my-nonce",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...changes,
  };
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return `${server.authorization_endpoint}?${new URLSearchParams(given)}`;
}

/** Signs the visitor in; answers the URL the browser is sent back to. */
export async function signIn(
  flow: SignIn,
  changes: Record<string, string | undefined> = {},
  browser = new Browser(),
) {
  const login = await browser.visit(await authorizeUrl(flow, changes));
  if (login.page === undefined) return new URL(login.url);
  const end = await browser.submit(login.url, visitor);
  if (end.page !== undefined) throw new Error(`The log-in did not end: ${end.page}`);
  return new URL(end.url);
}

/** The whole flow up to validated tokens. */
export async function tokensOf(flow: SignIn, changes: Record<string, string | undefined> = {}) {
  const redirect = await signIn(flow, changes);
  const parameters = oauth.validateAuthResponse(flow.server, flow.client, redirect, "my-state");
  const secret = oauth.ClientSecretBasic(flow.clientSecret);
  const answer = await oauth.authorizationCodeGrantRequest(
    flow.server,
    flow.client,
    secret,
    parameters,
    CALLBACK,
    flow.verifier,
    LOOPBACK,
  );
  const expected = { expectedNonce: "my-nonce", requireIdToken: true };
  const tokens = await oauth.processAuthorizationCodeResponse(flow.server, flow.client, answer, expected);
  await oauth.validateApplicationLevelSignature(flow.server, answer, LOOPBACK);
  return { ...tokens, claims: oauth.getValidatedIdTokenClaims(tokens) };
}

/** A token request as it is, without a library's help. */
export async function redeem(
  flow: SignIn,
  form: Record<string, string | undefined>,
  grantType = "authorization_code",
) {
  const all = {
    grant_type: grantType,
    client_id: flow.clientId,
    client_secret: flow.clientSecret,
    ...(grantType === "authorization_code" ? { redirect_uri: CALLBACK, code_verifier: flow.verifier } : {}),
    ...form,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const answer = await fetch(`${flow.server.token_endpoint}`, {
    method: "POST",
    body: new URLSearchParams(given),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

export const codeOf = (redirect: URL) => redirect.searchParams.get("code") ?? "";
