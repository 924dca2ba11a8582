import { createHmac } from "node:crypto";
import { Connection } from "@jsforce/jsforce-node";
import { importPKCS8, SignJWT } from "jose";
import { expect, test } from "vitest";
import { salesforceAdmin, salesforceReadOnly } from "../../sandbox/accounts.ts";
import { APP, type Api, connect, createApp, startOrg } from "./salesforceOrg.ts";

const BASE = "/services/data/v66.0";

/** The app's id by SOQL and its credentials resource, as a tool finds them. */
async function credentialsOf(api: Api) {
  const soql = `SELECT Id, DeveloperName FROM ExternalClientApplication WHERE DeveloperName = '${APP}' LIMIT 1`;
  const { records } = await api.query(soql);
  const appId = String(records[0]?.Id);
  const { consumers } = await api.request(`${BASE}/apps/oauth/credentials/${appId}`);
  const [consumer] = consumers as { id: string; key: string; url: string; stagedCredentialsUrl: string }[];
  if (consumer === undefined) throw new Error("The app has no consumer.");
  return { appId, ...consumer };
}

function postForm(url: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  return fetch(url, { method: "POST", headers, body: new URLSearchParams(form) });
}

test("the secret is read over Connect REST, by long and by short ids", async () => {
  const org = await startOrg();
  const { clientId, clientSecret } = await createApp(org);
  const consumer = await credentialsOf(org.api);
  expect(consumer.key).toBe(clientId);

  expect(await org.api.request(consumer.url)).not.toHaveProperty("secret");
  expect(await org.api.request(`${consumer.url}?part=secret`)).not.toHaveProperty("key");
  const short = `${BASE}/apps/oauth/credentials/${consumer.appId.slice(0, 15)}/${consumer.id.slice(0, 15)}`;
  expect(await org.api.request(`${short}?part=keyandsecret`)).toMatchObject({
    id: consumer.id,
    key: clientId,
    secret: clientSecret,
  });
  await expect(org.api.request(`${consumer.url}?part=all`)).rejects.toMatchObject({
    errorCode: "INVALID_API_INPUT",
  });
});

test("apps are listed with their ids, page by page", async () => {
  const org = await startOrg();
  await createApp(org);
  const { appId } = await credentialsOf(org.api);
  const page = await org.api.request(`${BASE}/apps/oauth/usage?page=0&pageSize=100`);
  expect(page.apps).toEqual([{ developerName: APP, identifier: appId, label: "Web messaging" }]);
  expect(await org.api.request(String(page.nextPageUrl))).toMatchObject({ apps: [] });
});

test("secrets stay shut while the org's switch is off", async () => {
  const org = await startOrg();
  await createApp(org);
  const { url } = await credentialsOf(org.api);
  const off = { fullName: "ExternalClientApp", enableClientSecretInRestApiAccess: false };
  await org.api.metadata.update("ExternalClientAppSettings", off);
  await expect(org.api.request(url)).rejects.toMatchObject({ errorCode: "FUNCTIONALITY_NOT_ENABLED" });
});

test("a user without View Client Secret does not get it", async () => {
  const org = await startOrg();
  await createApp(org);
  const { url } = await credentialsOf(org.api);
  const [admin] = org.state.users;
  if (admin) admin.permissions = admin.permissions.filter((permission) => permission !== "ViewClientSecret");
  await expect(org.api.request(url)).rejects.toMatchObject({
    errorCode: "INSUFFICIENT_ACCESS",
    message: expect.stringContaining("ViewClientSecret"),
  });
});

test("staged rotation: stage, rotate, and delete the replaced pair", async () => {
  const org = await startOrg();
  const before = await createApp(org);
  const { url, stagedCredentialsUrl } = await credentialsOf(org.api);

  expect(await org.api.request(stagedCredentialsUrl)).toMatchObject({ stagedCredentials: [] });
  const { stagedCredentials } = await org.api.request({
    method: "POST",
    url: stagedCredentialsUrl,
    body: "{}",
  });
  const [staged] = stagedCredentials as { key: string; secret: string; url: string; state: string }[];
  expect(staged?.state).toBe("Active");
  await expect(
    org.api.request({ method: "POST", url: stagedCredentialsUrl, body: "" }),
  ).rejects.toMatchObject({
    errorCode: "INVALID_OPERATION",
  });

  const order = { method: "PATCH", url: staged?.url, body: JSON.stringify({ command: "rotate" }) };
  await expect(org.api.request(order)).rejects.toMatchObject({ errorCode: "UNSUPPORTED_MEDIA_TYPE" });
  const rotate = { ...order, headers: { "content-type": "application/json" } };
  expect(await org.api.request(rotate)).toMatchObject({ state: "Rotated", key: before.clientId });
  expect(await org.api.request(`${url}?part=keyandsecret`)).toMatchObject({
    key: staged?.key,
    secret: staged?.secret,
  });
  await expect(org.api.request(rotate)).rejects.toMatchObject({ errorCode: "INVALID_OPERATION" });

  await org.api.request({ method: "DELETE", url: staged?.url });
  expect(await org.api.request(stagedCredentialsUrl)).toMatchObject({ stagedCredentials: [] });
  await expect(org.api.request({ method: "DELETE", url: staged?.url })).rejects.toMatchObject({
    errorCode: "NOT_FOUND",
  });
});

test("nothing staged can be assumed to be a 404", async () => {
  const org = await startOrg({ assumptions: { nothingStaged: "404" } });
  await createApp(org);
  const { stagedCredentialsUrl } = await credentialsOf(org.api);
  await expect(org.api.request(stagedCredentialsUrl)).rejects.toMatchObject({ errorCode: "NOT_FOUND" });
});

test("credentials and staging came with API versions 60 and 65", async () => {
  const org = await startOrg();
  await createApp(org);
  const { appId, id } = await credentialsOf(org.api);
  const at = (version: string) => `/services/data/v${version}/apps/oauth/credentials/${appId}/${id}`;
  await expect(org.api.request(at("59.0"))).rejects.toMatchObject({ errorCode: "NOT_FOUND" });
  expect(await org.api.request(at("64.0"))).not.toHaveProperty("stagedCredentialsUrl");
  await expect(org.api.request(`${at("64.0")}/staged`)).rejects.toMatchObject({ errorCode: "NOT_FOUND" });
});

test("queries: by name and id, scope columns, and clear errors", async () => {
  const org = await startOrg();
  await createApp(org);
  const { appId } = await credentialsOf(org.api);
  const byId = `SELECT DeveloperName, MasterLabel FROM ExternalClientApplication WHERE Id = '${appId.slice(0, 15)}'`;
  expect(await org.api.query(byId)).toMatchObject({
    totalSize: 1,
    records: [{ DeveloperName: APP, MasterLabel: "Web messaging" }],
  });
  const none = "SELECT Id FROM ExternalClientApplication WHERE DeveloperName = 'Absent'";
  expect(await org.api.query(none)).toMatchObject({ totalSize: 0, records: [] });
  expect(await org.api.query("SELECT Id, IsSandbox FROM Organization")).toMatchObject({
    records: [{ Id: org.state.orgId, IsSandbox: true }],
  });

  const scopes = "SELECT OauthScopesOPENID, OauthScopesWEB FROM ExtlClntAppOauthSettings";
  const tooling = `${BASE}/tooling/query?q=${encodeURIComponent(scopes)}`;
  expect(await org.api.request(tooling)).toMatchObject({
    records: [{ OauthScopesOPENID: true, OauthScopesWEB: false }],
  });
  await expect(org.api.query(scopes)).rejects.toMatchObject({ errorCode: "INVALID_TYPE" });
  await expect(org.api.query("SELECT Nope FROM Organization")).rejects.toMatchObject({
    errorCode: "INVALID_FIELD",
  });
  await expect(org.api.query("SELECT")).rejects.toMatchObject({ errorCode: "MALFORMED_QUERY" });
});

test("a query with columns=true tells what it selects", async () => {
  const { api } = await startOrg();
  const soql = encodeURIComponent("SELECT Id, OauthScopesOPENID FROM ExtlClntAppOauthSettings");
  expect(await api.request(`${BASE}/tooling/query?q=${soql}&columns=true`)).toMatchObject({
    entityName: "ExtlClntAppOauthSettings",
    idSelected: true,
    columnMetadata: [
      { columnName: "Id", apexType: "Id", textType: true },
      { columnName: "OauthScopesOPENID", apexType: "Boolean", booleanType: true },
    ],
  });
});

test("one record is read by its id", async () => {
  const { api, state } = await startOrg();
  const [admin] = state.users;
  expect(await api.request(`${BASE}/sobjects/User/${admin?.id}`)).toMatchObject({
    Id: admin?.id,
    Username: salesforceAdmin.username,
    IsActive: true,
  });
  await expect(api.request(`${BASE}/sobjects/User/005SB0000000999`)).rejects.toMatchObject({
    errorCode: "NOT_FOUND",
  });
});

test("API calls are counted, told in every answer and in the limits", async () => {
  const { api, state } = await startOrg();
  await api.metadata.list({ type: "ExternalClientApplication" });
  await api.query("SELECT Id FROM Organization");
  expect(api.limitInfo.apiUsage).toEqual({ used: 2, limit: 5_000_000 });
  const limits = await api.request(`${BASE}/limits`);
  expect(limits.DailyApiRequests).toEqual({ Max: 5_000_000, Remaining: 4_999_997 });
  state.apiUsage.since -= 24 * 60 * 60 * 1000;
  await api.query("SELECT Id FROM Organization");
  expect(api.limitInfo.apiUsage.used).toBe(1);
});

test("an org without API calls left refuses them, by SOAP and by REST", async () => {
  const { api, state } = await startOrg({ assumptions: { dailyApiRequests: 15_000 } });
  state.apiUsage = { since: Date.now(), calls: 15_000 };
  await expect(api.query("SELECT Id FROM Organization")).rejects.toMatchObject({
    errorCode: "REQUEST_LIMIT_EXCEEDED",
  });
  await expect(api.metadata.list({ type: "ExternalClientApplication" })).rejects.toMatchObject({
    errorCode: "sf:REQUEST_LIMIT_EXCEEDED",
  });
});

test("versions need no log-in, everything else does; double slashes collapse", async () => {
  const { url } = await startOrg();
  const versions = (await (await fetch(`${url}//services/data`)).json()) as {
    version: string;
    label: string;
  }[];
  expect(versions).toContainEqual({ label: "Spring '26", url: BASE, version: "66.0" });

  const refused = await fetch(url + BASE);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toEqual([
    { message: "Session expired or invalid", errorCode: "INVALID_SESSION_ID" },
  ]);
  const authorization = `Bearer ${salesforceAdmin.accessToken}`;
  expect((await fetch(url + BASE, { headers: { authorization } })).status).toBe(200);
  const absent = await fetch(`${url}/services/data/v12.0/query?q=x`, { headers: { authorization } });
  expect(absent.status).toBe(404);
  expect(await absent.json()).toEqual([
    { message: "The requested resource does not exist", errorCode: "NOT_FOUND" },
  ]);
});

test("the admin client logs in by client credentials", async () => {
  const { url } = await startOrg();
  const { clientId, clientSecret } = salesforceAdmin;
  const connection = new Connection({ oauth2: { loginUrl: url, clientId, clientSecret }, version: "66.0" });
  await connection.authorize({ grant_type: "client_credentials" });
  expect(connection.instanceUrl).toBe(url);
  expect(await connection.identity()).toMatchObject({ username: salesforceAdmin.username });

  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
  const answer = await postForm(
    `${url}/services/oauth2/token`,
    { grant_type: "client_credentials" },
    { authorization: basic },
  );
  expect(await answer.json()).toMatchObject({
    access_token: expect.stringMatching(/^00D\w{12}![.\w]+$/),
    instance_url: url,
    id: expect.stringMatching(/\/id\/00D\w{15}\/005\w{15}$/),
    token_type: "Bearer",
    issued_at: expect.stringMatching(/^\d{13}$/),
  });
});

test.each([
  ["an unknown client", { client_id: "nobody", client_secret: "x" }, "invalid_client_id"],
  ["a wrong secret", { client_id: salesforceAdmin.clientId, client_secret: "x" }, "invalid_client"],
  ["no secret", { client_id: salesforceReadOnly.clientId }, "invalid_client"],
  ["another grant", { grant_type: "password" }, "invalid_client_id"],
])("the token endpoint refuses %s", async (_case, form, error) => {
  const { url } = await startOrg();
  const answer = await postForm(`${url}/services/oauth2/token`, {
    grant_type: "client_credentials",
    ...form,
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error, error_description: expect.any(String) });
});

/** An assertion of the admin client, as the sandbox's key signs it. */
async function assertion(url: string, claims: Record<string, unknown> = {}) {
  const pem = await (await fetch(`${url}/_sandbox/admin-key`)).text();
  const { clientId: iss, username: sub } = salesforceAdmin;
  const exp = Math.floor(Date.now() / 1000) + 180;
  return new SignJWT({ iss, sub, aud: url, exp, ...claims })
    .setProtectedHeader({ alg: "RS256" })
    .sign(await importPKCS8(pem, "RS256"));
}

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

test.each(["the org", "https://login.salesforce.com"])(
  "the admin client logs in by an assertion for %s",
  async (host) => {
    const { url } = await startOrg();
    const jwt = await assertion(url, host === "the org" ? {} : { aud: host });
    const answer = await postForm(`${url}/services/oauth2/token`, { grant_type: JWT_BEARER, assertion: jwt });
    const { access_token } = (await answer.json()) as { access_token: string };
    expect(
      await connect(url, { accessToken: access_token }).query("SELECT Id FROM Organization"),
    ).toMatchObject({
      totalSize: 1,
    });
  },
);

test.each([
  ["another audience", { aud: "https://example.com" }, "invalid_grant", "audience is invalid"],
  ["an expired one", { exp: 1 }, "invalid_grant", "assertion is expired"],
  ["one without end", { exp: undefined }, "invalid_grant", "invalid assertion"],
  ["another client", { iss: "nobody" }, "invalid_client_id", "client identifier invalid"],
  ["another user", { sub: "x@example.com" }, "invalid_grant", "user hasn't approved this consumer"],
])("an assertion is refused: %s", async (_case, claims, error, error_description) => {
  const { url } = await startOrg();
  const jwt = await assertion(url, claims);
  const answer = await postForm(`${url}/services/oauth2/token`, { grant_type: JWT_BEARER, assertion: jwt });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({ error, error_description });
});

test("an assertion with another key's signature is refused", async () => {
  const { url } = await startOrg();
  const other = await startOrg();
  const jwt = await assertion(other.url, { aud: url });
  const answer = await postForm(`${url}/services/oauth2/token`, { grant_type: JWT_BEARER, assertion: jwt });
  expect(await answer.json()).toEqual({ error: "invalid_grant", error_description: "invalid assertion" });
});

test("the client secret signs the identity URL and the time of a token answer", async () => {
  const { url } = await startOrg();
  const { clientId: client_id, clientSecret: client_secret } = salesforceAdmin;
  const form = { grant_type: "client_credentials", client_id, client_secret };
  const answer = await postForm(`${url}/services/oauth2/token`, form);
  const { id, issued_at, signature } = (await answer.json()) as Record<string, string>;
  expect(createHmac("sha256", client_secret).update(`${id}${issued_at}`).digest("base64")).toBe(signature);
});

test("a session ends after two hours", async () => {
  const { url, state } = await startOrg();
  const { clientId: client_id, clientSecret: client_secret } = salesforceAdmin;
  const form = { grant_type: "client_credentials", client_id, client_secret };
  const answer = await postForm(`${url}/services/oauth2/token`, form);
  const { access_token: accessToken } = (await answer.json()) as { access_token: string };
  const session = state.sessions.find((candidate) => candidate.accessToken === accessToken);
  expect(Math.round(((session?.expiresAt ?? 0) - Date.now()) / 60_000)).toBe(120);
  if (session) session.expiresAt = Date.now() - 1;
  await expect(connect(url, { accessToken }).query("SELECT Id FROM Organization")).rejects.toMatchObject({
    errorCode: "INVALID_SESSION_ID",
  });
});

test("a revoked session is over", async () => {
  const { url, api } = await startOrg();
  const revoked = await postForm(`${url}/services/oauth2/revoke`, { token: salesforceAdmin.accessToken });
  expect(revoked.status).toBe(200);
  await expect(api.query("SELECT Id FROM Organization")).rejects.toMatchObject({
    errorCode: "INVALID_SESSION_ID",
  });
});

test("requests are logged without queries and without the sandbox's own paths", async () => {
  const { url, api, log } = await startOrg();
  await api.query("SELECT Id FROM Organization");
  await fetch(`${url}/_sandbox/health`);
  expect(log.entries).toMatchObject([{ method: "GET", path: `${BASE}/query`, status: 200 }]);
});
