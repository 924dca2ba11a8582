import { expect, test } from "vitest";
import { salesforceReadOnly } from "../../sandbox/accounts.ts";
import { withChecksum } from "../../sandbox/salesforce/recordId.ts";
import { APP, CALLBACK, connect, createApp, postSoap, soapEnvelope, startOrg } from "./salesforceOrg.ts";

const APPLICATION = "ExternalClientApplication";
const OAUTH = "ExtlClntAppOauthSettings";
const GLOBAL = "ExtlClntAppGlobalOauthSettings";
const OAUTH_POLICIES = "ExtlClntAppOauthConfigurablePolicies";
const PLUGIN_POLICIES = "ExtlClntAppConfigurablePolicies";

test("an app with all its components is made, read, listed, changed and deleted", async () => {
  const { api, url, state } = await startOrg();
  const { clientId } = await createApp({ api, state });
  const { metadata } = api;

  expect(await metadata.read(APPLICATION, APP)).toMatchObject({
    fullName: APP,
    label: "Web messaging",
    distributionState: "Local",
    orgScopedExternalApp: `${state.orgId}:${APP}`,
  });
  expect(await metadata.read(GLOBAL, `${APP}_glbloauth`)).toMatchObject({
    callbackUrl: CALLBACK,
    consumerKey: clientId,
    isPkceRequired: "true",
  });
  expect(await metadata.read(OAUTH, `${APP}_oauth`)).toMatchObject({
    oauthLink: `${state.orgId}:${state.consumers[0]?.id}`,
  });

  const listed = await metadata.list([{ type: APPLICATION }, { type: OAUTH }, { type: GLOBAL }]);
  expect(listed.map(({ fileName }) => fileName)).toEqual([
    `externalClientApps/${APP}.eca`,
    `extlClntAppOauthSettings/${APP}_oauth.ecaOauth`,
    `extlClntAppGlobalOauthSets/${APP}_glbloauth.ecaGlblOauth`,
  ]);

  const two = `${CALLBACK}\nhttp://localhost:3000/signed-in`;
  const change = { fullName: `${APP}_glbloauth`, callbackUrl: two, externalClientApplication: APP };
  expect(await metadata.update(GLOBAL, change)).toMatchObject({ success: true });
  expect(await metadata.read(GLOBAL, `${APP}_glbloauth`)).toMatchObject({
    callbackUrl: two,
    consumerKey: clientId,
  });

  for (const [type, name] of [
    [GLOBAL, `${APP}_glbloauth`],
    [OAUTH, `${APP}_oauth`],
    [APPLICATION, APP],
  ] as const) {
    expect(await metadata.delete(type, name)).toMatchObject({ success: true });
    expect(await metadata.read(type, name)).toEqual({});
  }
  const objects = (await (await fetch(`${url}/_sandbox/objects`)).json()) as Record<string, number>;
  expect(Object.values(objects).every((count) => count === 0)).toBe(true);
});

test("the OAuth settings bring default policies along, once", async () => {
  const org = await startOrg();
  await createApp(org);
  const { metadata } = org.api;
  const listed = await metadata.list([{ type: OAUTH_POLICIES }, { type: PLUGIN_POLICIES }]);
  expect(listed.map(({ fullName }) => fullName)).toEqual([
    `${APP}_oauth_defaultPolicy`,
    `${APP}_defaultPolicy`,
  ]);
  expect(await metadata.read(OAUTH_POLICIES, `${APP}_oauth_defaultPolicy`)).toMatchObject({
    externalClientApplication: APP,
    permittedUsersPolicyType: "AllSelfAuthorized",
  });

  await metadata.delete(OAUTH, `${APP}_oauth`);
  await metadata.create(OAUTH, { fullName: "Other_name", externalClientApplication: APP });
  expect(await metadata.list({ type: OAUTH_POLICIES })).toMatchObject([
    { fullName: `${APP}_oauth_defaultPolicy` },
  ]);
});

test("neither the secret nor the certificate can be read back", async () => {
  const org = await startOrg();
  const { clientSecret } = await createApp(org, { certificate: "TUlJQwo=" });
  const read = await org.api.metadata.read(GLOBAL, `${APP}_glbloauth`);
  expect(read).not.toHaveProperty("consumerSecret");
  expect(read).not.toHaveProperty("certificate");
  expect(JSON.stringify(read)).not.toContain(clientSecret);
});

test("supplied credentials are taken, but not a key that is taken already", async () => {
  const org = await startOrg();
  const supplied = { consumerKey: "my-key", consumerSecret: "my-secret" };
  expect(await createApp(org, supplied)).toEqual({ clientId: "my-key", clientSecret: "my-secret" });
  await org.api.metadata.create(APPLICATION, { fullName: "Second" });
  const second = { fullName: "Second_g", consumerKey: "my-key", externalClientApplication: "Second" };
  expect(await org.api.metadata.create(GLOBAL, second)).toMatchObject({
    success: false,
    errors: [{ statusCode: "DUPLICATE_VALUE", message: "The consumer key is already taken." }],
  });
});

const child = { fullName: "X", externalClientApplication: APP };
test.each([
  ["a name that is taken", APPLICATION, { fullName: APP }, "DUPLICATE_DEVELOPER_NAME"],
  ["a name with a double underscore", APPLICATION, { fullName: "A__B" }, "INVALID_FULL_NAME"],
  ["a name with a trailing underscore", APPLICATION, { fullName: "A_" }, "INVALID_FULL_NAME"],
  ["a name that begins with a digit", APPLICATION, { fullName: "1A" }, "INVALID_FULL_NAME"],
  ["a name of 81 letters", APPLICATION, { fullName: "A".repeat(81) }, "INVALID_FULL_NAME"],
  ["no name", APPLICATION, { label: "A" }, "REQUIRED_FIELD_MISSING"],
  ["a wrong e-mail", APPLICATION, { fullName: "A", contactEmail: "no" }, "INVALID_EMAIL_ADDRESS"],
  [
    "the scope of another org",
    APPLICATION,
    { fullName: "A", orgScopedExternalApp: "00D000000000001:A" },
    "FIELD_INTEGRITY_EXCEPTION",
  ],
  ["no parent", OAUTH, { fullName: "X" }, "REQUIRED_FIELD_MISSING"],
  [
    "an absent parent",
    OAUTH,
    { fullName: "X", externalClientApplication: "Absent" },
    "INVALID_CROSS_REFERENCE_KEY",
  ],
  ["a second component of a type", GLOBAL, child, "DUPLICATE_VALUE"],
  ["second policies", OAUTH_POLICIES, child, "DUPLICATE_VALUE"],
  ["a connected app", "ConnectedApp", { fullName: "A" }, "FUNCTIONALITY_NOT_ENABLED"],
  ["settings", "ExternalClientAppSettings", { fullName: "B" }, "INVALID_OPERATION"],
])("create refuses %s", async (_case, type, component, statusCode) => {
  const org = await startOrg();
  await createApp(org);
  const before = JSON.stringify(org.state.components);
  const answer = await org.api.metadata.create(type, component);
  expect(answer).toMatchObject({ success: false, errors: [{ statusCode }] });
  expect(JSON.stringify(org.state.components)).toBe(before);
});

test.each([
  ["http", GLOBAL, { callbackUrl: "http://example.com/" }, "INVALID_OAUTH_URL"],
  ["no URL", GLOBAL, { callbackUrl: `${CALLBACK}\nnowhere` }, "INVALID_OAUTH_URL"],
  ["a fragment", GLOBAL, { callbackUrl: "https://example.com/#a" }, "INVALID_OAUTH_URL"],
  ["too long a list", GLOBAL, { callbackUrl: `https://a.example/${"a".repeat(2000)}` }, "STRING_TOO_LONG"],
  ["a changed key", GLOBAL, { consumerKey: "other" }, "FIELD_INTEGRITY_EXCEPTION"],
  ["a changed secret", GLOBAL, { consumerSecret: "other" }, "FIELD_INTEGRITY_EXCEPTION"],
  ["a broken certificate", GLOBAL, { certificate: "?" }, "FIELD_INTEGRITY_EXCEPTION"],
  [
    "too long a life of ID tokens",
    GLOBAL,
    { idTokenConfig: { idTokenValidityInMinutes: 721 } },
    "NUMBER_OUTSIDE_VALID_RANGE",
  ],
  ["an unknown scope", OAUTH, { commaSeparatedOauthScopes: "OpenID, openid" }, "FIELD_INTEGRITY_EXCEPTION"],
  ["a stale link", OAUTH, { oauthLink: "00D000000000001:888000000000001" }, "FIELD_INTEGRITY_EXCEPTION"],
  [
    "an unknown relaxation",
    OAUTH_POLICIES,
    { ipRelaxationPolicyType: "Relax" },
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
  ],
])("update refuses %s and changes nothing", async (_case, type, change, statusCode) => {
  const org = await startOrg();
  await createApp(org);
  const fullName = org.state.components.find((component) => component.type === type)?.fullName;
  const before = JSON.stringify([org.state.components, org.state.consumers]);
  const answer = await org.api.metadata.update(type, { fullName, ...change });
  expect(answer).toMatchObject({ success: false, errors: [{ statusCode }] });
  expect(JSON.stringify([org.state.components, org.state.consumers])).toBe(before);
});

test("a connected app of the same name blocks the app until it is deleted", async () => {
  const { api, state } = await startOrg();
  const [settings] = state.components;
  if (settings) state.components.push({ ...settings, type: "ConnectedApp", fullName: APP, fields: {} });
  expect(await api.metadata.list({ type: "ConnectedApp" })).toMatchObject([{ fullName: APP }]);
  expect(await api.metadata.create(APPLICATION, { fullName: APP })).toMatchObject({ success: false });
  await api.metadata.delete("ConnectedApp", APP);
  expect(await api.metadata.create(APPLICATION, { fullName: APP })).toMatchObject({ success: true });
});

test("components of one call succeed and fail one by one", async () => {
  const { api } = await startOrg();
  const answers = await api.metadata.create(APPLICATION, [
    { fullName: "A" },
    { fullName: "_" },
    { fullName: "B" },
  ]);
  expect(answers.map(({ success }) => success)).toEqual([true, false, true]);
  const [a, absent] = await api.metadata.read(APPLICATION, ["A", "Absent"]);
  expect(a).toMatchObject({ fullName: "A" });
  expect(absent).toEqual({});
});

test("all components of a call are saved or none, if its header says so", async () => {
  const { url, api, state } = await startOrg();
  const call = (operation: string, names: string[]) =>
    postSoap(
      url,
      soapEnvelope(
        `<${operation}>${names.map((name) => `<metadata i:type="${APPLICATION}"><fullName>${name}</fullName></metadata>`).join("")}</${operation}>`,
        state.sessions[0]?.accessToken,
        "<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader>",
      ),
    );
  const failed = await call("createMetadata", ["A", "_", "B"]);
  expect(failed.text.match(/<success>\w+|<statusCode>\w+/g)).toEqual([
    "<statusCode>ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "<success>false",
    "<statusCode>INVALID_FULL_NAME",
    "<success>false",
    "<statusCode>ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "<success>false",
  ]);
  expect(await api.metadata.list({ type: APPLICATION })).toEqual([]);

  await call("upsertMetadata", ["A", "B"]);
  expect(await api.metadata.list({ type: APPLICATION })).toHaveLength(2);
});

test("upsert makes what is absent and changes what is there", async () => {
  const { api } = await startOrg();
  const app = { fullName: "A", description: "One" };
  expect(await api.metadata.upsert(APPLICATION, app)).toMatchObject({ created: true, success: true });
  const changed = { fullName: "A", description: "Two" };
  expect(await api.metadata.upsert(APPLICATION, changed)).toMatchObject({ created: false, success: true });
  expect(await api.metadata.read(APPLICATION, "A")).toMatchObject(changed);

  const other = await startOrg({ assumptions: { upsert: "refused" } });
  await expect(other.api.metadata.upsert(APPLICATION, app)).rejects.toMatchObject({
    errorCode: "sf:FUNCTIONALITY_NOT_ENABLED",
  });
});

test("an element that is sent empty is cleared, one that is left out is kept", async () => {
  const org = await startOrg();
  const { metadata } = org.api;
  await metadata.create(APPLICATION, { fullName: "A", description: "One", label: "Label" });
  await metadata.update(APPLICATION, { fullName: "A", description: "" });
  const read = await metadata.read(APPLICATION, "A");
  expect(read).toMatchObject({ label: "Label" });
  expect(read).not.toHaveProperty("description");
});

test("repeated and nested elements come back as they were sent", async () => {
  const org = await startOrg();
  await createApp(org, {
    idTokenConfig: { idTokenIncludeStandardClaims: true, idTokenValidityInMinutes: 5 },
  });
  const { metadata } = org.api;
  const attributes = [
    { formula: "User.Country", key: "country" },
    { formula: "User.City & <br>", key: "city" },
  ];
  await metadata.update(OAUTH, { fullName: `${APP}_oauth`, customAttributes: attributes });
  expect(await metadata.read(OAUTH, `${APP}_oauth`)).toMatchObject({ customAttributes: attributes });
  expect(await metadata.read(GLOBAL, `${APP}_glbloauth`)).toMatchObject({
    idTokenConfig: { idTokenIncludeStandardClaims: "true", idTokenValidityInMinutes: "5" },
  });
});

test.each([
  ["an unknown element", "66.0", APPLICATION, { fullName: "A", nope: 1 }],
  ["an element of a later version", "66.0", GLOBAL, { ...child, isEnforceRefreshTokenTTL: true }],
  ["an element that was removed", "66.0", OAUTH_POLICIES, { ...child, isNamedUserJwtEnabled: true }],
  ["elements out of order", "66.0", APPLICATION, { fullName: "A", label: "A", description: "A" }],
  ["a value that is no boolean", "66.0", APPLICATION, { fullName: "A", isProtected: "yes" }],
  [
    "a value that is no number",
    "66.0",
    GLOBAL,
    { ...child, idTokenConfig: { idTokenValidityInMinutes: "2m" } },
  ],
  ["an unknown choice", "66.0", APPLICATION, { fullName: "A", distributionState: "local" }],
])("the schema refuses %s", async (_case, version, type, component) => {
  const { url } = await startOrg();
  const { metadata } = connect(url, { version });
  await expect(metadata.create(type, component)).rejects.toMatchObject({ errorCode: "soapenv:Client" });
});

test("an element of an earlier version is taken by that version only", async () => {
  const org = await startOrg();
  await createApp(org);
  const { metadata } = connect(org.url, { version: "63.0" });
  const change = { fullName: `${APP}_oauth_defaultPolicy`, isNamedUserJwtEnabled: true };
  expect(await metadata.update(OAUTH_POLICIES, change)).toMatchObject({ success: true });
  expect(await metadata.read(OAUTH_POLICIES, change.fullName)).toMatchObject({
    isNamedUserJwtEnabled: "true",
  });
  expect(await org.api.metadata.read(OAUTH_POLICIES, change.fullName)).not.toHaveProperty(
    "isNamedUserJwtEnabled",
  );
});

test("an API version knows only its own types", async () => {
  const { url, api } = await startOrg();
  await expect(connect(url, { version: "58.0" }).metadata.list({ type: APPLICATION })).rejects.toMatchObject({
    errorCode: "sf:INVALID_TYPE",
  });
  await expect(connect(url, { version: "99.0" }).metadata.list({ type: APPLICATION })).rejects.toMatchObject({
    errorCode: "sf:UNSUPPORTED_API_VERSION",
  });
  const { metadataObjects } = await api.metadata.describe();
  expect(metadataObjects).toContainEqual(
    expect.objectContaining({ xmlName: GLOBAL, suffix: "ecaGlblOauth" }),
  );
});

test("an unknown session, too many components and a renaming are faults", async () => {
  const { url, api } = await startOrg();
  const stranger = connect(url, { accessToken: "00DSB0000000001!stranger" });
  await expect(stranger.metadata.read(APPLICATION, APP)).rejects.toMatchObject({
    errorCode: "sf:INVALID_SESSION_ID",
  });
  const eleven = Array.from({ length: 11 }, (_, index) => ({ fullName: `App${index}` }));
  await expect(api.metadata.create(APPLICATION, eleven)).rejects.toMatchObject({
    errorCode: "sf:EXCEEDED_ID_LIMIT",
  });
  const four = Array.from({ length: 4 }, () => ({ type: APPLICATION }));
  await expect(api.metadata.list(four)).rejects.toMatchObject({ errorCode: "sf:EXCEEDED_ID_LIMIT" });
  await expect(api.metadata.rename(APPLICATION, APP, "Other")).rejects.toMatchObject({
    errorCode: "sf:INVALID_TYPE",
  });
});

test("a user who may only read reads, and is refused a write", async () => {
  const org = await startOrg();
  await createApp(org);
  const { clientId, clientSecret } = salesforceReadOnly;
  const login = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: clientSecret,
  });
  const answer = await fetch(`${org.url}/services/oauth2/token`, { method: "POST", body: login });
  const { access_token } = (await answer.json()) as { access_token: string };
  const { metadata } = connect(org.url, { accessToken: access_token });
  expect(await metadata.read(APPLICATION, APP)).toMatchObject({ fullName: APP });
  await expect(metadata.create(APPLICATION, { fullName: "A" })).rejects.toMatchObject({
    errorCode: "sf:INSUFFICIENT_ACCESS",
    message: expect.stringContaining("ExternalClientAppDeveloper"),
  });
  await expect(metadata.delete(APPLICATION, APP)).rejects.toThrow("ExternalClientAppDeveloper");
  expect(org.state.components.some(({ fullName }) => fullName === APP)).toBe(true);
});

test("any prefix and either form of xsi:type is understood", async () => {
  const { url, state } = await startOrg();
  const envelope = (body: string) => soapEnvelope(body, state.sessions[0]?.accessToken);
  const create = (type: string, name: string) =>
    `<met:metadata i:type="${type}"><met:fullName>${name}</met:fullName></met:metadata>`;
  const one = await postSoap(
    url,
    envelope(`<met:createMetadata>${create("met:ExternalClientApplication", "A")}</met:createMetadata>`),
  );
  expect(one).toMatchObject({ status: 200, text: expect.stringContaining("<success>true</success>") });

  const mixed = create("met:ExternalClientApplication", "B") + create("met:ConnectedApp", "C");
  const two = await postSoap(url, envelope(`<met:createMetadata>${mixed}</met:createMetadata>`));
  expect(two).toMatchObject({
    status: 500,
    text: expect.stringContaining("<faultcode>sf:INVALID_TYPE</faultcode>"),
  });
  const unknown = await postSoap(url, envelope("<met:login/>"));
  expect(unknown).toMatchObject({ status: 500, text: expect.stringContaining("soapenv:Client") });
  const broken = await postSoap(url, "<Envelope>");
  expect(broken).toMatchObject({ status: 500, text: expect.stringContaining("soapenv:Client") });
});

test("deleting the app takes its components and its credentials along", async () => {
  const org = await startOrg();
  await createApp(org);
  expect(await org.api.metadata.delete(APPLICATION, APP)).toMatchObject({ success: true });
  expect(org.state.components.map(({ type }) => type)).toEqual(["ExternalClientAppSettings"]);
  expect(org.state.consumers).toEqual([]);
  expect(await org.api.metadata.delete(APPLICATION, APP)).toMatchObject({
    errors: [{ statusCode: "INVALID_CROSS_REFERENCE_KEY" }],
  });
});

test("an app that is made again has new credentials", async () => {
  const org = await startOrg();
  const first = await createApp(org);
  await org.api.metadata.delete(APPLICATION, APP);
  const second = await createApp(org);
  expect(second.clientId).not.toBe(first.clientId);
  expect(second.clientSecret).not.toBe(first.clientSecret);
});

test("the org's settings are read and changed, but not deleted", async () => {
  const { api } = await startOrg();
  const type = "ExternalClientAppSettings";
  const fullName = "ExternalClientApp";
  await api.metadata.update(type, { fullName, enableConsumerSecretApiAccess: true });
  expect(await api.metadata.read(type, fullName)).toMatchObject({
    enableClientSecretInRestApiAccess: "true",
    enableConsumerSecretApiAccess: "true",
  });
  expect(await api.metadata.list({ type: "Settings" })).toMatchObject([{ fullName, type: "Settings" }]);
  expect(await api.metadata.delete(type, fullName)).toMatchObject({ success: false });
});

test("assumptions can be switched", async () => {
  const org = await startOrg({
    assumptions: {
      updateOfOmittedFields: "reset",
      pkceSwitch: "forced on",
      rotateFlags: "obeyed",
      deletionOfParent: "refused",
      elementOrder: "any",
      duplicateAppCode: "DUPLICATE_VALUE",
    },
  });
  const before = await createApp(org, { isPkceRequired: false });
  const { metadata } = org.api;
  expect(await metadata.read(GLOBAL, `${APP}_glbloauth`)).toMatchObject({ isPkceRequired: "true" });

  const rotate = { shouldRotateConsumerSecret: true, externalClientApplication: APP, callbackUrl: CALLBACK };
  await metadata.update(GLOBAL, { fullName: `${APP}_glbloauth`, ...rotate });
  expect(org.state.consumers[0]?.secret).not.toBe(before.clientSecret);
  expect(org.state.consumers[0]?.key).toBe(before.clientId);

  await metadata.update(APPLICATION, { fullName: APP, contactEmail: "new@example.com" });
  expect(await metadata.read(APPLICATION, APP)).not.toHaveProperty("label");
  expect(await metadata.delete(APPLICATION, APP)).toMatchObject({
    errors: [{ statusCode: "DEPENDENCY_EXISTS" }],
  });
  expect(await metadata.create(APPLICATION, { fullName: APP })).toMatchObject({
    errors: [{ statusCode: "DUPLICATE_VALUE" }],
  });
});

test("supplied credentials can be assumed to be refused", async () => {
  const org = await startOrg({ assumptions: { suppliedCredentials: "refused" } });
  await expect(createApp(org, { consumerKey: "mine" })).rejects.toThrow("You cannot provide a Consumer Key");
});

test("an 18-character id ends in the checksum of its capitals", () => {
  expect(withChecksum("001D000000IRFma")).toBe("001D000000IRFmaIAH");
});
