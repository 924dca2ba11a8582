import { createHash, randomBytes } from "node:crypto";
import { onTestFinished } from "vitest";
import { genesysClient, visitor } from "../../sandbox/accounts.ts";
import { startSandbox } from "../../sandbox/sandbox.ts";
import { Browser } from "./browser.ts";
import { buildSet, logIn, send } from "./genesysOrg.ts";
import { CALLBACK, connect, createApp } from "./salesforceOrg.ts";

/** A whole sandbox with one set in it, as long as the test lives; every part of it is made by plain requests. */
export async function startSet(globalSettings: object = {}) {
  const limits = { requestsPerMinute: Infinity, loginsPerMinute: Infinity };
  const sandbox = await startSandbox({ limits });
  onTestFinished(sandbox.stop);
  const { genesysUrl, salesforceUrl, faults, ledger } = sandbox;
  const { access_token: token } = (await logIn(genesysUrl, genesysClient)).body;
  const genesys = {
    url: genesysUrl,
    state: sandbox.genesys.store.state,
    api: (method: string, path: string, body?: unknown) =>
      send(`${genesysUrl}/api/v2${path}`, method, body, { authorization: `Bearer ${token}` }),
  };
  const salesforce = {
    url: salesforceUrl,
    api: connect(salesforceUrl),
    state: sandbox.salesforce.store.state,
  };
  const client = await createApp(salesforce, globalSettings);
  const discoveryUrl = `${salesforceUrl}/.well-known/openid-configuration`;
  const ids = await buildSet(genesys, discoveryUrl, { id: client.clientId, secret: client.clientSecret });
  const { stop } = sandbox;
  return { stop, faults, ledger, genesys, salesforce, token: String(token), discoveryUrl, client, ids };
}

export type TestSet = Awaited<ReturnType<typeof startSet>>;

/** What a page of the set may ask for in another way. */
export interface Page {
  deploymentId?: string;
  clientId?: string;
  maxAge?: number;
}

/** How a sign-in ended: before the exchange at Salesforce, or with Genesys's answer. */
export type Ending =
  | { at: "authorize"; said: string }
  | { at: "exchange"; status: number; body: Record<string, unknown> };

/** Signs the visitor in as a page does: with S256, nonce and all scopes of the app. */
export async function signIn(
  { salesforce, genesys, client, ids }: TestSet,
  page: Page = {},
): Promise<Ending> {
  const { deploymentId = ids.deploymentId, clientId = client.clientId, maxAge } = page;
  const codeVerifier = randomBytes(32).toString("base64url");
  const nonce = randomBytes(16).toString("base64url");
  const parameters = new URLSearchParams({
    client_id: clientId,
    redirect_uri: CALLBACK,
    response_type: "code",
    scope: "openid profile email refresh_token",
    state: "state",
    nonce,
    code_challenge: createHash("sha256").update(codeVerifier).digest("base64url"),
    code_challenge_method: "S256",
    ...(maxAge !== undefined && { max_age: String(maxAge) }),
  });
  const code = await codeFor(`${salesforce.url}/services/oauth2/authorize?${parameters}`);
  if (typeof code !== "string") return code;
  const oauth = { code, redirectUri: CALLBACK, codeVerifier, nonce, maxAge };
  const url = `${genesys.url}/api/v2/webdeployments/token/oauthcodegrantjwtexchange`;
  const { status, body } = await send(url, "POST", { deploymentId, oauth });
  return { at: "exchange", status, body };
}

async function codeFor(authorizeUrl: string): Promise<string | Ending> {
  const browser = new Browser();
  const login = await browser.visit(authorizeUrl);
  const end = login.page?.includes("password") ? await browser.submit(login.url, visitor) : login;
  const answer = new URL(end.url).searchParams;
  const said = answer.get("error") ?? /error=\w+/.exec(end.page ?? "")?.[0] ?? "";
  return answer.get("code") ?? { at: "authorize", said };
}

/** Whether a sign-in works, and why not: by the ledger, or by what Salesforce says. */
export async function outcome(set: TestSet, page: Page = {}): Promise<string> {
  const ending = await signIn(set, page);
  if (ending.at === "authorize") return `authorize: ${ending.said}`;
  if (ending.status === 200) return ending.body.refreshToken ? "works" : "works without refresh token";
  return set.ledger.find(String(ending.body.contextId))?.reason ?? `exchange: ${ending.status}`;
}
