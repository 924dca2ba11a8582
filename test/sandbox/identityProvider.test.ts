import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeJwt, decodeProtectedHeader } from "jose";
import * as oauth from "oauth4webapi";
import { expect, onTestFinished, test, vi } from "vitest";
import { visitor } from "../../sandbox/accounts.ts";
import { Browser } from "./browser.ts";
import {
  authorizeUrl,
  codeOf,
  LOOPBACK,
  openIdClient,
  redeem,
  SCOPE,
  type SignIn,
  signIn,
  startSignIn,
  tokensOf,
} from "./openIdClient.ts";
import { APP, CALLBACK, startOrg } from "./salesforceOrg.ts";

const GLOBAL = { type: "ExtlClntAppGlobalOauthSettings", fullName: `${APP}_glbloauth` };
const OAUTH = { type: "ExtlClntAppOauthSettings", fullName: `${APP}_oauth` };
const OAUTH_POLICIES = {
  type: "ExtlClntAppOauthConfigurablePolicies",
  fullName: `${APP}_oauth_defaultPolicy`,
};
const PLUGIN_POLICIES = { type: "ExtlClntAppConfigurablePolicies", fullName: `${APP}_defaultPolicy` };

test("discovery says what Salesforce's says, and is silent where Salesforce is", async () => {
  const { server, org } = await startSignIn();
  expect(server).toMatchObject({
    issuer: org.url,
    authorization_endpoint: `${org.url}/services/oauth2/authorize`,
    token_endpoint: `${org.url}/services/oauth2/token`,
    jwks_uri: `${org.url}/id/keys`,
    id_token_signing_alg_values_supported: ["RS256"],
  });
  for (const absent of [
    "code_challenge_methods_supported",
    "authorization_response_iss_parameter_supported",
    "end_session_endpoint",
    "grant_types_supported",
  ]) {
    expect(server).not.toHaveProperty(absent);
  }
});

test("a user signs in, and the tokens are as Salesforce's", async () => {
  const warn = vi.spyOn(console, "warn");
  const flow = await startSignIn();
  const tokens = await tokensOf(flow);
  const { orgId, users } = flow.org.state;
  const subject = `${flow.org.url}/id/${orgId}/${users.find(({ username }) => username === visitor.username)?.id}`;

  expect(tokens.claims).toMatchObject({
    iss: flow.org.url,
    sub: subject,
    aud: flow.clientId,
    nonce: "my-nonce",
    at_hash: expect.any(String),
  });
  expect(Number(tokens.claims?.exp) - Number(tokens.claims?.iat)).toBe(120);
  expect(tokens.claims).not.toHaveProperty("email");
  expect(decodeProtectedHeader(tokens.id_token ?? "")).toMatchObject({
    alg: "RS256",
    kid: expect.any(String),
  });
  expect(tokens).toMatchObject({
    access_token: expect.stringMatching(/^00D\w{12}![.\w-]+$/),
    id: subject,
    instance_url: flow.org.url,
    scope: SCOPE,
    refresh_token: expect.any(String),
  });
  expect(tokens).not.toHaveProperty("expires_in");
  expect(warn).not.toHaveBeenCalled();
});

test("userinfo, introspection and refresh work until the tokens are revoked", async () => {
  const flow = await startSignIn();
  const { server, client, clientSecret, clientId } = flow;
  const tokens = await tokensOf(flow);
  const subject = tokens.claims?.sub ?? "";
  const info = await oauth.userInfoRequest(server, client, tokens.access_token, LOOPBACK);
  expect(await oauth.processUserInfoResponse(server, client, subject, info)).toMatchObject({
    preferred_username: visitor.username,
    organization_id: flow.org.state.orgId,
    email: visitor.username,
  });

  const secret = oauth.ClientSecretPost(clientSecret);
  const refreshToken = tokens.refresh_token ?? "";
  const refreshed = await oauth.refreshTokenGrantRequest(server, client, secret, refreshToken, LOOPBACK);
  const fresh = await oauth.processRefreshTokenResponse(server, client, refreshed);
  expect(fresh.access_token).not.toBe(tokens.access_token);
  expect(fresh).not.toHaveProperty("refresh_token");

  const inspect = () => oauth.introspectionRequest(server, client, secret, fresh.access_token, LOOPBACK);
  expect(await (await inspect()).json()).toMatchObject({
    active: true,
    client_id: clientId,
    username: visitor.username,
    sub: subject,
  });
  const body = new URLSearchParams({ token: refreshToken });
  expect((await fetch(`${server.revocation_endpoint}`, { method: "POST", body })).status).toBe(200);
  expect(await (await inspect()).json()).toEqual({ active: false });
  expect(await redeem(flow, { refresh_token: refreshToken }, "refresh_token")).toMatchObject({
    status: 400,
    body: { error: "invalid_grant", error_description: "expired access/refresh token" },
  });
  const late = await oauth.userInfoRequest(server, client, tokens.access_token, LOOPBACK);
  expect([late.status, await late.text()]).toEqual([403, "Bad_OAuth_Token"]);
});

test("a wrong password shows the form again, a right one then goes on", async () => {
  const flow = await startSignIn();
  const browser = new Browser();
  const { url, page } = await browser.visit(await authorizeUrl(flow, { login_hint: 'a"b@example.com' }));
  expect(page).toContain('value="a&quot;b@example.com"');
  for (const wrong of [
    { ...visitor, password: "wrong" },
    { username: "nobody", password: visitor.password },
  ]) {
    const again = await browser.submit(url, wrong);
    expect(again.page).toContain('role="alert"');
    expect(again.page).not.toContain(wrong.password);
  }
  const { url: end } = await browser.submit(url, visitor);
  expect(end).toContain(`${CALLBACK}?code=`);
});

test("the browser's session spares the second log-in, unless one is asked for", async () => {
  const flow = await startSignIn();
  const browser = new Browser();
  const first = await signIn(flow, {}, browser);
  const second = await browser.visit(await authorizeUrl(flow, { prompt: "none" }));
  expect(second.page).toBeUndefined();
  expect(codeOf(new URL(second.url))).not.toBe(codeOf(first));
  expect((await browser.visit(await authorizeUrl(flow, { prompt: "login" }))).page).toContain("Log in");
  expect((await browser.visit(await authorizeUrl(flow, { prompt: "consent" }))).url).toContain("code=");
  const stranger = await new Browser().visit(await authorizeUrl(flow, { prompt: "none" }));
  expect(new URL(stranger.url).searchParams.get("error")).toBe("login_required");
});

test("a log-in page without its cookie has expired", async () => {
  const flow = await startSignIn();
  const { url } = await new Browser().visit(await authorizeUrl(flow));
  const answer = await new Browser().submit(url, visitor);
  expect(answer).toMatchObject({ status: 400, page: expect.stringContaining("expired") });
});

test.each([
  ["another redirect URI", { redirect_uri: `${CALLBACK}/` }, "redirect_uri_mismatch"],
  ["an unknown client", { client_id: "nobody" }, "invalid_client_id"],
  ["no client", { client_id: undefined }, "invalid_request"],
  ["no redirect URI", { redirect_uri: undefined }, "invalid_request"],
])("authorize shows a page for %s", async (_case, changes, error) => {
  const flow = await startSignIn();
  const { page, status } = await new Browser().visit(await authorizeUrl(flow, changes));
  expect(status).toBe(400);
  expect(page).toContain(`error=${error}&amp;error_description=`);
});

test.each([
  [
    "no code challenge",
    { code_challenge: undefined, code_challenge_method: undefined },
    "invalid_request",
    "missing required code challenge",
  ],
  ["a scope that the app lacks", { scope: "openid web" }, "invalid_scope", "the requested scope is invalid"],
  [
    "a scope that does not exist",
    { scope: "openid nope" },
    "invalid_scope",
    "the requested scope is invalid",
  ],
  [
    "the implicit flow",
    { response_type: "token" },
    "unsupported_response_type",
    "response type not supported",
  ],
])("authorize sends back the error of %s", async (_case, changes, error, description) => {
  const flow = await startSignIn();
  const { url } = await new Browser().visit(await authorizeUrl(flow, changes));
  const redirect = new URL(url.replace("#", "?"));
  expect(redirect.origin + redirect.pathname).toBe(CALLBACK);
  expect(Object.fromEntries(redirect.searchParams)).toEqual({
    error,
    error_description: description,
    state: "my-state",
  });
});

test.each([
  ["another code", { code: "other" }, "invalid_grant", "expired authorization code"],
  ["no verifier", { code_verifier: undefined }, "invalid_grant", "invalid code verifier"],
  ["another verifier", { code_verifier: "v".repeat(43) }, "invalid_grant", "invalid code verifier"],
  ["a short verifier", { code_verifier: "v" }, "invalid_grant", "invalid code verifier"],
  [
    "another redirect URI",
    { redirect_uri: `${CALLBACK}/` },
    "redirect_uri_mismatch",
    "redirect_uri must match configuration",
  ],
  ["a wrong secret", { client_secret: "wrong" }, "invalid_client", "invalid client credentials"],
  ["no secret", { client_secret: undefined }, "invalid_client", "invalid client credentials"],
  ["an unknown client", { client_id: "nobody" }, "invalid_client_id", "client identifier invalid"],
  [
    "no client",
    { client_id: undefined, client_secret: undefined },
    "invalid_client_id",
    "client identifier invalid",
  ],
  ["another grant", { grant_type: "password" }, "unsupported_grant_type", "grant type not supported"],
])("the token endpoint refuses %s", async (_case, form, error, error_description) => {
  const flow = await startSignIn();
  const code = codeOf(await signIn(flow));
  expect(await redeem(flow, { code, ...form })).toEqual({ status: 400, body: { error, error_description } });
});

test("a code works once", async () => {
  const flow = await startSignIn();
  const code = codeOf(await signIn(flow));
  expect(await redeem(flow, { code })).toMatchObject({ status: 200 });
  expect(await redeem(flow, { code })).toMatchObject({
    status: 400,
    body: { error: "invalid_grant", error_description: "expired authorization code" },
  });
});

test("a code expires", async () => {
  const flow = await startSignIn({ assumptions: { codeLifetimeSeconds: 1 } });
  const code = codeOf(await signIn(flow));
  const issued = Object.entries(flow.org.state.artifacts).find(([key]) =>
    key.startsWith("AuthorizationCode"),
  );
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(issued?.[1].expiresAt ?? 0), { timeout: 5_000 });
  expect(await redeem(flow, { code })).toMatchObject({ body: { error: "invalid_grant" } });
});

test("without isPkceRequired a request may do without PKCE, but a verifier needs its challenge", async () => {
  const flow = await startSignIn({}, { isPkceRequired: false });
  const bare = { code_challenge: undefined, code_challenge_method: undefined };
  const code = codeOf(await signIn(flow, bare));
  expect(await redeem(flow, { code, code_verifier: undefined })).toMatchObject({ status: 200 });
  const other = codeOf(await signIn(flow, bare));
  expect(await redeem(flow, { code: other })).toMatchObject({
    body: { error_description: "invalid code verifier" },
  });
});

test("a challenge without a method is plain, or S256 if so assumed", async () => {
  const plain = await startSignIn();
  const code = codeOf(await signIn(plain, { code_challenge_method: undefined }));
  expect(await redeem(plain, { code })).toMatchObject({
    body: { error_description: "invalid code verifier" },
  });
  const itself = codeOf(
    await signIn(plain, { code_challenge: plain.verifier, code_challenge_method: undefined }),
  );
  expect(await redeem(plain, { code: itself })).toMatchObject({ status: 200 });

  const hashed = await startSignIn({ assumptions: { missingChallengeMethod: "S256" } });
  const other = codeOf(await signIn(hashed, { code_challenge_method: undefined }));
  expect(await redeem(hashed, { code: other })).toMatchObject({ status: 200 });
});

test("an optional secret may be left out, but a wrong one is refused", async () => {
  const flow = await startSignIn({}, { isConsumerSecretOptional: true });
  const public_ = await redeem(flow, { code: codeOf(await signIn(flow)), client_secret: undefined });
  expect(public_.status).toBe(200);
  const wrong = await redeem(flow, { code: codeOf(await signIn(flow)), client_secret: "wrong" });
  expect(wrong.body.error).toBe("invalid_client");
  const refresh_token = public_.body.refresh_token;
  const refresh = await redeem(flow, { refresh_token, client_secret: undefined }, "refresh_token");
  expect(refresh.body.error).toBe("invalid_client");
});

test("rotated refresh tokens are new each time, and the old one is dead", async () => {
  const flow = await startSignIn(
    {},
    { isRefreshTokenRotationEnabled: true, isSecretRequiredForRefreshToken: false },
  );
  const { refresh_token } = await tokensOf(flow);
  const fresh = await redeem(flow, { refresh_token, client_secret: undefined }, "refresh_token");
  expect(fresh.body.refresh_token).not.toBe(refresh_token);
  const again = await redeem(flow, { refresh_token }, "refresh_token");
  expect(again.body).toEqual({ error: "invalid_grant", error_description: "expired access/refresh token" });
});

test("no refresh token without its scope, nor when the policy lets it expire at once", async () => {
  const flow = await startSignIn();
  expect(await tokensOf(flow, { scope: "openid" })).not.toHaveProperty("refresh_token");
  expect(await tokensOf(flow, { scope: "openid offline_access" })).toHaveProperty("refresh_token");
  await change(flow, OAUTH_POLICIES, { refreshTokenPolicyType: "Zero" });
  expect(await tokensOf(flow)).not.toHaveProperty("refresh_token");
});

test("a refresh token lives as long as the policy says", async () => {
  const flow = await startSignIn();
  const limit = {
    refreshTokenPolicyType: "SpecificLifetime",
    refreshTokenValidityPeriod: 2,
    refreshTokenValidityUnit: "Hours",
  };
  await change(flow, OAUTH_POLICIES, limit);
  await tokensOf(flow);
  const kept = Object.entries(flow.org.state.artifacts).find(([key]) => key.startsWith("RefreshToken"))?.[1];
  expect(Math.round(((kept?.expiresAt ?? 0) - Date.now()) / 3_600_000)).toBe(2);
});

test("without openid there is no ID token; without scope the app's scopes are asked for", async () => {
  const flow = await startSignIn();
  const code = codeOf(await signIn(flow, { scope: "profile" }));
  expect((await redeem(flow, { code })).body).not.toHaveProperty("id_token");
  expect(await tokensOf(flow, { scope: undefined })).toMatchObject({
    scope: expect.stringContaining("refresh_token"),
  });
});

test("the ID token's settings count: audience, life, standard claims", async () => {
  const flow = await startSignIn(
    {},
    {
      idTokenConfig: {
        idTokenAudience: "https://other.example",
        idTokenIncludeStandardClaims: true,
        idTokenValidityInMinutes: 10,
      },
    },
  );
  const { body } = await redeem(flow, { code: codeOf(await signIn(flow)) });
  const claims = decodeJwt(body.id_token ?? "");
  expect(claims).toMatchObject({ aud: [flow.clientId, "https://other.example"], email: visitor.username });
  expect(Number(claims.exp) - Number(claims.iat)).toBe(600);
});

test("custom attributes are in the ID token when the app asks for them", async () => {
  const formulas = {
    customAttributes: [
      { formula: "User.Country", key: "country" },
      { formula: "$User.FirstName & ' (' & User.Username & ')'", key: "who" },
      { formula: "TODAY()", key: "unknown" },
    ],
  };
  const flow = await startSignIn({}, { idTokenConfig: { idTokenIncludeAttributes: true } });
  await change(flow, OAUTH, formulas);
  const idTokenOf = async (signIn_: SignIn) => {
    const { body } = await redeem(signIn_, { code: codeOf(await signIn(signIn_)) });
    return decodeJwt(body.id_token ?? "");
  };
  const attributes = { country: "DE", who: `Vera (${visitor.username})`, unknown: "" };
  expect(await idTokenOf(flow)).toMatchObject({ custom_attributes: attributes });
  await change(flow, OAUTH_POLICIES, { customAttributes: [{ formula: '"AT"', key: "country" }] });
  expect(await idTokenOf(flow)).toMatchObject({ custom_attributes: { ...attributes, country: "AT" } });
  await change(flow, GLOBAL, { idTokenConfig: { idTokenIncludeAttributes: false } });
  expect(await idTokenOf(flow)).not.toHaveProperty("custom_attributes");

  const assumptions = { customAttributes: "a claim each" } as const;
  const other = await startSignIn({ assumptions }, { idTokenConfig: { idTokenIncludeAttributes: true } });
  await change(other, OAUTH, formulas);
  expect(await idTokenOf(other)).toMatchObject({ country: "DE", aud: other.clientId });
});

/** Changes one component of the app by the Metadata API. */
async function change(flow: SignIn, { type, fullName }: { type: string; fullName: string }, fields: object) {
  const answer = await flow.org.api.metadata.update(type, { fullName, ...fields });
  expect(answer).toMatchObject({ success: true });
}

test.each([
  ["the app is disabled", PLUGIN_POLICIES, { isEnabled: false }, "this app is blocked by admin"],
  [
    "its OAuth plugin is disabled",
    PLUGIN_POLICIES,
    { isOauthPluginEnabled: false },
    "this app is blocked by admin",
  ],
  [
    "the user is not admitted",
    OAUTH_POLICIES,
    { permittedUsersPolicyType: "AdminApprovedPreAuthorized" },
    "user is not admin approved to access this app",
  ],
])("nobody signs in, nor redeems or refreshes, when %s", async (_case, component, fields, description) => {
  const flow = await startSignIn();
  const { refresh_token } = await tokensOf(flow);
  const code = codeOf(await signIn(flow));
  await change(flow, component, fields);
  const refused = await signIn(flow);
  expect(Object.fromEntries(refused.searchParams)).toEqual({
    error: "OAUTH_APP_ACCESS_DENIED",
    error_description: description,
    state: "my-state",
  });
  const failure = { error: "invalid_grant", error_description: "authentication failure" };
  expect((await redeem(flow, { code })).body).toEqual(failure);
  expect((await redeem(flow, { refresh_token }, "refresh_token")).body).toEqual(failure);
});

test("a user is admitted by profile or permission set", async () => {
  const flow = await startSignIn();
  const person = flow.org.state.users.find(({ username }) => username === visitor.username);
  await change(flow, OAUTH_POLICIES, {
    commaSeparatedProfile: `Standard User, ${person?.profile}`,
    permittedUsersPolicyType: "AdminApprovedPreAuthorized",
  });
  expect((await signIn(flow)).searchParams.has("code")).toBe(true);
  await change(flow, OAUTH_POLICIES, { commaSeparatedPermissionSet: "Messaging", commaSeparatedProfile: "" });
  expect((await signIn(flow)).searchParams.has("error")).toBe(true);
  person?.permissionSets.push("Messaging");
  expect((await signIn(flow)).searchParams.has("code")).toBe(true);
});

test("a user who is not active cannot log in", async () => {
  const flow = await startSignIn();
  for (const user of flow.org.state.users) user.isActive = false;
  const browser = new Browser();
  const { url } = await browser.visit(await authorizeUrl(flow));
  expect((await browser.submit(url, visitor)).page).toContain('role="alert"');
});

test("changes of callback URL and scopes count at once; a deleted app is unknown", async () => {
  const flow = await startSignIn();
  await change(flow, GLOBAL, { callbackUrl: "https://other.example/" });
  expect((await new Browser().visit(await authorizeUrl(flow))).page).toContain("redirect_uri_mismatch");
  const elsewhere = { redirect_uri: "https://other.example/" };
  await change(flow, OAUTH, { commaSeparatedOauthScopes: "Profile" });
  expect((await signIn(flow, elsewhere)).searchParams.get("error")).toBe("invalid_scope");
  await flow.org.api.metadata.delete("ExternalClientApplication", APP);
  expect((await new Browser().visit(await authorizeUrl(flow))).page).toContain("invalid_client_id");
});

test("a new client is unknown until it has spread", async () => {
  const flow = await startSignIn({ delays: { clientPropagationMs: 400 } });
  expect((await new Browser().visit(await authorizeUrl(flow))).page).toContain("invalid_client_id");
  await vi.waitFor(
    async () => expect((await new Browser().visit(await authorizeUrl(flow))).page).toContain("Log in"),
    { timeout: 5_000 },
  );
});

test("changed callback URLs count when they have spread, and until then the old ones do", async () => {
  const flow = await startSignIn();
  const [consumer] = flow.org.state.consumers;
  flow.org.delays.clientPropagationMs = 60_000;
  if (consumer) consumer.keySince = 0;
  for (const callbackUrl of ["https://second.example/", "https://third.example/"]) {
    await change(flow, GLOBAL, { callbackUrl });
  }
  const page = async (redirect_uri: string) =>
    (await new Browser().visit(await authorizeUrl(flow, { redirect_uri }))).page;
  expect(await page(CALLBACK)).toContain("Log in");
  expect(await page("https://third.example/")).toContain("redirect_uri_mismatch");
  flow.org.delays.clientPropagationMs = 0;
  expect(await page(CALLBACK)).toContain("redirect_uri_mismatch");
  expect(await page("https://second.example/")).toContain("redirect_uri_mismatch");
  expect(await page("https://third.example/")).toContain("Log in");
});

test("the replaced pair of a staged rotation goes on working, a staged one does not work yet", async () => {
  const flow = await startSignIn();
  const { records } = await flow.org.api.query("SELECT Id FROM ExternalClientApplication");
  const [consumer] = flow.org.state.consumers;
  const staging = `/services/data/v66.0/apps/oauth/credentials/${records[0]?.Id}/${consumer?.id}/staged`;
  await flow.org.api.request({ method: "POST", url: staging, body: "{}" });
  const staged = {
    ...flow,
    clientId: consumer?.staged?.key ?? "",
    clientSecret: consumer?.staged?.secret ?? "",
  };
  const next = { ...staged, client: { client_id: staged.clientId } };
  expect((await new Browser().visit(await authorizeUrl(next))).page).toContain("invalid_client_id");

  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ command: "rotate" });
  await flow.org.api.request({ method: "PATCH", url: `${staging}/${consumer?.staged?.id}`, headers, body });
  expect(await tokensOf(next)).toMatchObject({ claims: { aud: next.clientId } });
  expect(await tokensOf(flow)).toMatchObject({ claims: { aud: flow.clientId } });

  await flow.org.api.request({ method: "DELETE", url: `${staging}/${consumer?.staged?.id}` });
  expect((await new Browser().visit(await authorizeUrl(flow))).page).toContain("invalid_client_id");
});

test("apps, keys and refresh tokens survive a restart", async () => {
  const folder = await mkdtemp(join(tmpdir(), "salesforce-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "salesforce.json");
  const flow = await startSignIn({ file });
  const { refresh_token } = await tokensOf(flow);
  const keys = await (await fetch(`${flow.server.jwks_uri}`)).json();
  await flow.org.stop();

  const org = await startOrg({ file, port: flow.org.port });
  // The first request may still meet a connection that the stop has closed.
  const readKeys = async () => (await fetch(`${flow.server.jwks_uri}`)).json();
  await vi.waitFor(async () => expect(await readKeys()).toEqual(keys));
  expect(await redeem(flow, { refresh_token }, "refresh_token")).toMatchObject({ status: 200 });
  const client = await openIdClient(org, flow.clientId, flow.clientSecret);
  expect(await tokensOf({ org, ...client })).toMatchObject({ claims: { aud: flow.clientId } });
});
