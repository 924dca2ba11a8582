import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { expect, onTestFinished, test, vi } from "vitest";
import { salesforceReadOnly } from "../../sandbox/accounts.ts";
import { APP, CALLBACK, connect, createApp, type Deployed, startOrg } from "./salesforceOrg.ts";

type Org = Awaited<ReturnType<typeof startOrg>>;

const XMLNS = 'xmlns="http://soap.sforce.com/2006/04/metadata"';
const APPLICATION = "ExternalClientApplication";
const OAUTH = "ExtlClntAppOauthSettings";
const GLOBAL = "ExtlClntAppGlobalOauthSettings";
const OAUTH_POLICIES = "ExtlClntAppOauthConfigurablePolicies";
const PLUGIN_POLICIES = "ExtlClntAppConfigurablePolicies";

const PATHS = {
  app: `externalClientApps/${APP}.eca`,
  global: `extlClntAppGlobalOauthSets/${APP}_glbloauth.ecaGlblOauth`,
  oauth: `extlClntAppOauthSettings/${APP}_oauth.ecaOauth`,
  oauthPolicies: `extlClntAppOauthPolicies/${APP}_oauthPlcy.ecaOauthPlcy`,
  pluginPolicies: `extlClntAppPolicies/${APP}_plcy.ecaPlcy`,
};

const file = (type: string, content: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${type} ${XMLNS}>\n${content}\n</${type}>\n`;
const parent = `<externalClientApplication>${APP}</externalClientApplication>`;
const globalFile = (content: string) =>
  file(GLOBAL, `<callbackUrl>${CALLBACK}</callbackUrl>${content}${parent}`);

/** All five components of an app, named as Setup names them; the elements are not in the WSDL's order. */
const WHOLE_APP = {
  [PATHS.app]: file(APPLICATION, "<label>Web</label><contactEmail>team@example.com</contactEmail>"),
  [PATHS.global]: globalFile(""),
  [PATHS.oauth]: file(OAUTH, `<commaSeparatedOauthScopes>OpenID, Email</commaSeparatedOauthScopes>${parent}`),
  [PATHS.oauthPolicies]: file(
    OAUTH_POLICIES,
    `${parent}<permittedUsersPolicyType>AdminApprovedPreAuthorized</permittedUsersPolicyType>`,
  ),
  [PATHS.pluginPolicies]: file(PLUGIN_POLICIES, `${parent}<isEnabled>true</isEnabled>`),
};
const ALL_TYPES = {
  [APPLICATION]: ["*"],
  [GLOBAL]: ["*"],
  [OAUTH]: ["*"],
  [OAUTH_POLICIES]: ["*"],
  [PLUGIN_POLICIES]: ["*"],
};

function manifest(types: Record<string, string[]>, version = "66.0") {
  const listed = Object.entries(types).map(
    ([name, members]) =>
      `<types>${members.map((member) => `<members>${member}</members>`).join("")}<name>${name}</name></types>`,
  );
  return file("Package", `${listed.join("\n")}\n<version>${version}</version>`);
}

function zip(files: Record<string, string>): Buffer {
  const entries = Object.entries(files).map(([path, content]) => [path, strToU8(content)] as const);
  return Buffer.from(zipSync(Object.fromEntries(entries)));
}

function unzip(base64: string): Record<string, string> {
  const entries = Object.entries(unzipSync(Buffer.from(base64, "base64")));
  return Object.fromEntries(entries.map(([path, content]) => [path, strFromU8(content)]));
}

/** Deploys a single package, by SOAP. */
function deploy(
  { api }: Pick<Org, "api">,
  files: Record<string, string>,
  options: object = {},
): Promise<Deployed> {
  return api.metadata
    .deploy(zip(files), { singlePackage: true, rollbackOnError: true, ...options })
    .complete(true);
}

const deployApp = (org: Org, changes: Record<string, string> = {}, options: object = {}) =>
  deploy(org, { "package.xml": manifest(ALL_TYPES), ...WHOLE_APP, ...changes }, options);

const list = async ({ api }: Org, type: string) =>
  (await api.metadata.list({ type })).map(({ fullName }) => fullName);

const kept = ({ state }: Org) => JSON.stringify([state.components, state.consumers]);

const problems = ({ details }: Deployed) => details.componentFailures.map(({ problem }) => problem);

test("a whole app is deployed in one zip file, whose policies spare the default ones", async () => {
  const org = await startOrg();
  const result = await deployApp(org);
  expect(result).toMatchObject({
    status: "Succeeded",
    success: true,
    numberComponentsDeployed: 5,
    numberComponentsTotal: 5,
    numberComponentErrors: 0,
    createdByName: "admin@sandbox.example",
  });
  expect(result.id).toMatch(/^0Af\w{15}$/);
  expect(result.details.componentSuccesses).toContainEqual(
    expect.objectContaining({
      componentType: APPLICATION,
      created: true,
      fileName: PATHS.app,
      fullName: APP,
      success: true,
    }),
  );
  expect(await list(org, OAUTH_POLICIES)).toEqual([`${APP}_oauthPlcy`]);
  expect(await list(org, PLUGIN_POLICIES)).toEqual([`${APP}_plcy`]);
  expect(await org.api.metadata.read(GLOBAL, `${APP}_glbloauth`)).toMatchObject({
    callbackUrl: CALLBACK,
    consumerKey: org.state.consumers[0]?.key,
  });

  const again = await deployApp(org, { [PATHS.app]: file(APPLICATION, "<label>New</label>") });
  const changed = again.details.componentSuccesses.filter((message) => message.changed);
  expect(changed.map(({ fullName, created }) => ({ fullName, created }))).toEqual([
    { fullName: APP, created: false },
  ]);
});

test("a deploy waits, runs and succeeds by the clock", async () => {
  const org = await startOrg({ delays: { metadataTransferMs: 600 } });
  const { id } = await org.api.metadata.deploy(zip({ "package.xml": manifest(ALL_TYPES), ...WHOLE_APP }), {
    singlePackage: true,
  });
  const seen = new Set<string>();
  await vi.waitFor(
    async () => {
      const { status, done, startDate, completedDate } = await org.api.metadata.checkDeployStatus(id);
      seen.add(status);
      expect(startDate === undefined).toBe(status === "Pending");
      expect(completedDate !== undefined).toBe(done);
      if (!done) expect(await list(org, APPLICATION)).toEqual([]);
      expect(done).toBe(true);
    },
    { timeout: 5_000, interval: 30 },
  );
  expect([...seen]).toEqual(["Pending", "InProgress", "Succeeded"]);
  expect(await list(org, APPLICATION)).toEqual([APP]);
});

test("a deploy that nobody asks about is done when its time has come", async () => {
  const org = await startOrg();
  await org.api.metadata.deploy(zip({ "package.xml": manifest(ALL_TYPES), ...WHOLE_APP }), {
    singlePackage: true,
  });
  await vi.waitFor(async () => expect(await list(org, APPLICATION)).toEqual([APP]), { timeout: 5_000 });
});

test("a deploy goes on when the org is started again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "salesforce-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const options = { file: join(folder, "salesforce.json"), delays: { metadataTransferMs: 300 } };
  const before = await startOrg(options);
  const files = { "package.xml": manifest(ALL_TYPES), ...WHOLE_APP };
  const { id } = await before.api.metadata.deploy(zip(files), { singlePackage: true });
  await before.stop();

  const { api } = await startOrg(options);
  const status = async () => (await api.metadata.checkDeployStatus(id)).status;
  await vi.waitFor(async () => expect(await status()).toBe("Succeeded"), { timeout: 5_000 });
});

test("a deploy is cancelled at once while it waits, and by its end when it runs", async () => {
  const org = await startOrg({ delays: { metadataTransferMs: 800 } });
  const start = () =>
    org.api.metadata.deploy(zip({ "package.xml": manifest(ALL_TYPES), ...WHOLE_APP }), {
      singlePackage: true,
    });
  const waiting = await start();
  expect(await org.api.metadata.cancelDeploy(waiting.id)).toMatchObject({ done: "true", id: waiting.id });
  expect(await org.api.metadata.checkDeployStatus(waiting.id)).toMatchObject({
    status: "Canceled",
    done: true,
    success: false,
    canceledByName: "admin@sandbox.example",
  });

  const running = await start();
  const status = async () => (await org.api.metadata.checkDeployStatus(running.id)).status;
  await vi.waitFor(async () => expect(await status()).toBe("InProgress"), { timeout: 5_000 });
  expect(await org.api.metadata.cancelDeploy(running.id)).toMatchObject({ done: "false" });
  expect(await status()).toBe("Canceling");
  await vi.waitFor(async () => expect(await status()).toBe("Canceled"), { timeout: 5_000 });
  expect(await list(org, APPLICATION)).toEqual([]);
  await expect(org.api.metadata.cancelDeploy(running.id)).rejects.toMatchObject({
    errorCode: "sf:INVALID_ID_FIELD",
  });
  await expect(org.api.metadata.checkDeployStatus("0AfSB0000000999")).rejects.toMatchObject({
    errorCode: "sf:INVALID_CROSS_REFERENCE_KEY",
  });
});

test("checkOnly tells what would be done, and does nothing", async () => {
  const org = await startOrg();
  const before = kept(org);
  const result = await deployApp(org, {}, { checkOnly: true });
  expect(result).toMatchObject({ status: "Succeeded", checkOnly: true, numberComponentsDeployed: 5 });
  expect(kept(org)).toBe(before);
});

test("with rollbackOnError one failure undoes all, without it the rest is kept", async () => {
  const org = await startOrg();
  const before = kept(org);
  const broken = { [PATHS.global]: globalFile("<callbackUrl>http://example.com/</callbackUrl>") };
  const duplicated = await deployApp(org, broken);
  expect(problems(duplicated)).toEqual([
    expect.stringMatching(/^Error parsing file: Element .*callbackUrl invalid/),
  ]);

  const refused = { [PATHS.global]: globalFile("").replace(CALLBACK, "http://example.com/") };
  const failed = await deployApp(org, refused);
  expect(failed).toMatchObject({ status: "Failed", success: false, numberComponentErrors: 1 });
  expect(failed.details.componentFailures).toMatchObject([
    { componentType: GLOBAL, fileName: PATHS.global, problemType: "Error", success: false },
  ]);
  expect(kept(org)).toBe(before);

  const partial = await deployApp(org, refused, { rollbackOnError: false });
  expect(partial).toMatchObject({ status: "SucceededPartial", success: false, numberComponentsDeployed: 4 });
  expect(await list(org, APPLICATION)).toEqual([APP]);
  expect(await list(org, GLOBAL)).toEqual([]);
});

test("what a deployed file leaves out falls back: the certificate is cleared, credentials stay", async () => {
  const org = await startOrg();
  const { clientId, clientSecret } = await createApp(org, { certificate: "TUlJQwo=", isPkceRequired: false });
  const settings = () => org.state.components.find(({ type }) => type === GLOBAL)?.fields;
  expect(settings()).toHaveProperty("certificate");
  await deploy(org, {
    "package.xml": manifest({ [GLOBAL]: [`${APP}_glbloauth`] }),
    [PATHS.global]: globalFile(""),
  });
  expect(settings()).not.toHaveProperty("certificate");
  expect(settings()).toMatchObject({ isPkceRequired: true });
  expect(org.state.consumers[0]).toMatchObject({ key: clientId, secret: clientSecret });
});

test("each deploy with a rotate flag rotates, if it is told to ignore the warning", async () => {
  const org = await startOrg();
  const { clientId, clientSecret } = await createApp(org);
  const rotate = (flag: string, options: object) =>
    deploy(
      org,
      {
        "package.xml": manifest({ [GLOBAL]: [`${APP}_glbloauth`] }),
        [PATHS.global]: globalFile(`<${flag}>true</${flag}>`),
      },
      options,
    );
  const refused = await rotate("shouldRotateConsumerSecret", {});
  expect(refused).toMatchObject({
    status: "Failed",
    details: { componentFailures: [{ problemType: "Warning" }] },
  });
  expect(org.state.consumers[0]).toMatchObject({ key: clientId, secret: clientSecret });

  const warned = await rotate("shouldRotateConsumerSecret", { ignoreWarnings: true });
  expect(warned).toMatchObject({
    status: "Succeeded",
    details: { componentSuccesses: [{ changed: true, problemType: "Warning" }] },
  });
  expect(org.state.consumers[0]?.key).toBe(clientId);
  const [second] = [org.state.consumers[0]?.secret];
  expect(second).not.toBe(clientSecret);

  await rotate("shouldRotateConsumerSecret", { ignoreWarnings: true });
  expect(org.state.consumers[0]?.secret).not.toBe(second);
  await rotate("shouldRotateConsumerKey", { ignoreWarnings: true });
  expect(org.state.consumers[0]?.key).not.toBe(clientId);
});

test.each([
  ["no package.xml", { "package.xml": undefined }, "No package.xml found"],
  ["a file too many", { "externalClientApps/More.eca": file(APPLICATION, "") }, "Not in package.xml"],
  ["an unknown type", { "package.xml": manifest({ Nothing: ["X"] }) }, "Unknown type name 'Nothing'"],
  ["an unknown version", { "package.xml": manifest({}, "99.0") }, "Invalid version specified: 99.0"],
  ["a manifest that is no XML", { "package.xml": "<Package>" }, "not well-formed"],
  [
    "another root element",
    { [PATHS.app]: file(OAUTH, "") },
    "root element must be ExternalClientApplication",
  ],
  ["an unknown element", { [PATHS.app]: file(APPLICATION, "<nope>1</nope>") }, "Element {"],
])("a package with %s fails as a whole", async (_case, changes, problem) => {
  const org = await startOrg();
  const before = kept(org);
  const types =
    "externalClientApps/More.eca" in changes ? { [APPLICATION]: [APP] } : { [APPLICATION]: ["*"] };
  const files = { "package.xml": manifest(types), [PATHS.app]: WHOLE_APP[PATHS.app], ...changes };
  const given = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const result = await deploy(org, Object.fromEntries(given));
  expect(result).toMatchObject({ status: "Failed", success: false });
  expect(problems(result).join()).toContain(problem);
  expect(kept(org)).toBe(before);
});

test("a listed file that is missing fails the deploy, unless missing files are allowed", async () => {
  const org = await startOrg();
  const files = {
    "package.xml": manifest({ [APPLICATION]: [APP, "Other"] }),
    [PATHS.app]: file(APPLICATION, ""),
  };
  expect(problems(await deploy(org, files))).toEqual([
    "An object 'Other' of type ExternalClientApplication was named in package.xml, but was not found in zipped directory",
  ]);
  expect(await deploy(org, files, { allowMissingFiles: true })).toMatchObject({ status: "Succeeded" });
});

test("something that is no zip file fails with a reason", async () => {
  const org = await startOrg();
  const result = await org.api.metadata.deploy(Buffer.from("no zip")).complete(true);
  expect(result).toMatchObject({ status: "Failed", errorStatusCode: "UNKNOWN_EXCEPTION", success: false });
});

test("without singlePackage the packages of all folders are deployed", async () => {
  const org = await startOrg();
  const one = {
    "one/package.xml": manifest({ [APPLICATION]: ["A"] }),
    "one/externalClientApps/A.eca": file(APPLICATION, ""),
  };
  const two = {
    "two/package.xml": manifest({ [APPLICATION]: ["*"] }),
    "two/externalClientApps/B.eca": file(APPLICATION, ""),
  };
  const result = await deploy(org, { ...one, ...two }, { singlePackage: false });
  expect(result).toMatchObject({ status: "Succeeded", numberComponentsDeployed: 2 });
  expect(await list(org, APPLICATION)).toEqual(["A", "B"]);
});

test("settings of the org are deployed, and what their file leaves out stays", async () => {
  const org = await startOrg();
  const off = "<enableClientSecretInRestApiAccess>false</enableClientSecretInRestApiAccess>";
  const files = {
    "package.xml": manifest({ Settings: ["ExternalClientApp"] }),
    "settings/ExternalClientApp.settings": file("ExternalClientAppSettings", off),
  };
  expect(await deploy(org, files)).toMatchObject({ status: "Succeeded" });
  expect(org.state.components[0]?.fields).toMatchObject({
    enableClientSecretInRestApiAccess: false,
    enableConsumerSecretApiAccess: false,
  });
});

const empty = { "package.xml": manifest({}) };

test("a destructive change deletes the app with all that belongs to it", async () => {
  const org = await startOrg();
  await deployApp(org);
  const destructive = { ...empty, "destructiveChangesPost.xml": manifest({ [APPLICATION]: [APP] }) };
  const result = await deploy(org, destructive, { purgeOnDelete: true });
  expect(result.details.componentSuccesses).toMatchObject([
    { componentType: APPLICATION, deleted: true, fileName: "destructiveChangesPost.xml", fullName: APP },
  ]);
  expect(org.state.components.map(({ type }) => type)).toEqual(["ExternalClientAppSettings"]);
  expect(org.state.consumers).toEqual([]);
});

test.each(["destructiveChanges.xml", "destructiveChangesPre.xml", "destructiveChangesPost.xml"])(
  "%s may name the app and its components in any order",
  async (name) => {
    const org = await startOrg();
    await deployApp(org);
    const types = {
      [APPLICATION]: [APP],
      [PLUGIN_POLICIES]: [`${APP}_plcy`],
      [OAUTH_POLICIES]: [`${APP}_oauthPlcy`],
      [GLOBAL]: [`${APP}_glbloauth`],
      [OAUTH]: [`${APP}_oauth`],
    };
    expect(await deploy(org, { ...empty, [name]: manifest(types) })).toMatchObject({
      status: "Succeeded",
      numberComponentsDeployed: 5,
    });
    expect(org.state.consumers).toEqual([]);
  },
);

test("deletions before and after let a deploy put one app into another's place", async () => {
  const org = await startOrg();
  const { clientId } = await createApp(org);
  const before = { ...WHOLE_APP, "destructiveChangesPre.xml": manifest({ [APPLICATION]: [APP] }) };
  await deploy(org, { "package.xml": manifest(ALL_TYPES), ...before });
  expect(org.state.consumers.map(({ app }) => app)).toEqual([APP]);
  expect(org.state.consumers[0]?.key).not.toBe(clientId);

  const after = { ...WHOLE_APP, "destructiveChangesPost.xml": manifest({ [APPLICATION]: [APP] }) };
  await deploy(org, { "package.xml": manifest(ALL_TYPES), ...after });
  expect(await list(org, APPLICATION)).toEqual([]);
});

test("a deletion of what is not there is a warning, to be ignored on purpose", async () => {
  const destructive = { ...empty, "destructiveChanges.xml": manifest({ [APPLICATION]: ["Absent"] }) };
  const told = {
    componentType: APPLICATION,
    fileName: "destructiveChanges.xml",
    fullName: "destructiveChanges.xml",
    problem: "No ExternalClientApplication named: Absent found",
    problemType: "Warning",
  };
  const org = await startOrg();
  expect(await deploy(org, destructive)).toMatchObject({
    status: "Failed",
    details: { componentFailures: [told] },
  });
  expect(await deploy(org, destructive, { ignoreWarnings: true })).toMatchObject({
    status: "Succeeded",
    details: { componentSuccesses: [told] },
  });
  const other = await startOrg({ assumptions: { absentOnDeployedDeletion: "succeeds" } });
  expect(await deploy(other, destructive)).toMatchObject({ status: "Succeeded" });
});

test("a user who may not change apps deploys none", async () => {
  const org = await startOrg();
  const { clientId: client_id, clientSecret: client_secret } = salesforceReadOnly;
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id, client_secret });
  const answer = await fetch(`${org.url}/services/oauth2/token`, { method: "POST", body: form });
  const { access_token: accessToken } = (await answer.json()) as { access_token: string };
  const api = connect(org.url, { accessToken });
  const result = await deploy({ api }, { "package.xml": manifest(ALL_TYPES), ...WHOLE_APP });
  expect(problems(result)[0]).toContain("ExternalClientAppDeveloper");
  expect(await list(org, APPLICATION)).toEqual([]);
});

test("a retrieve brings back files that can be deployed again", async () => {
  const org = await startOrg();
  await deployApp(org, { [PATHS.global]: globalFile("<consumerSecret>my-secret</consumerSecret>") });
  const types = [...Object.keys(ALL_TYPES), "Settings"].map((name) => ({ members: ["*"], name }));
  const result = await org.api.metadata
    .retrieve({ apiVersion: "66.0", unpackaged: { types, version: "66.0" } })
    .complete();
  expect(result).toMatchObject({ status: "Succeeded", success: true, done: true, messages: [] });
  const files = unzip(result.zipFile);
  const paths = [...Object.values(PATHS), "settings/ExternalClientApp.settings", "package.xml"];
  expect(Object.keys(files).sort()).toEqual(paths.map((path) => `unpackaged/${path}`).sort());
  expect(result.fileProperties.map(({ fileName }) => fileName)).toContain(`unpackaged/${PATHS.app}`);
  const settings = files[`unpackaged/${PATHS.global}`] ?? "";
  expect(settings).toContain(`<consumerKey>${org.state.consumers[0]?.key}</consumerKey>`);
  expect(settings).not.toContain("my-secret");
  expect(settings).not.toContain("fullName");

  const before = structuredClone(org.state);
  const again = await org.api.metadata.deploy(zip(files), { rollbackOnError: true }).complete(true);
  expect(again).toMatchObject({ status: "Succeeded", numberComponentsDeployed: 6 });
  expect(again.details.componentSuccesses.filter(({ changed }) => changed)).toEqual([]);
  const fields = ({ components }: typeof before) => components.map((component) => component.fields);
  expect(fields(org.state)).toEqual(fields(before));
  expect(org.state.consumers).toEqual(before.consumers);
});

test("a retrieve tells what it cannot find, and hands its zip file out once", async () => {
  const org = await startOrg();
  await createApp(org);
  const types = [
    { members: [APP, "Absent"], name: APPLICATION },
    { members: ["*"], name: "Nothing" },
  ];
  const request = { apiVersion: "66.0", singlePackage: true, unpackaged: { types, version: "66.0" } };
  const result = await org.api.metadata.retrieve(request).complete();
  expect(Object.keys(unzip(result.zipFile)).sort()).toEqual([PATHS.app, "package.xml"]);
  expect(result.messages.map(({ problem }) => problem)).toEqual([
    "Entity of type 'ExternalClientApplication' named 'Absent' cannot be found",
    "Entity type: 'Nothing' is unknown",
  ]);
  await expect(org.api.metadata.checkRetrieveStatus(result.id)).rejects.toMatchObject({
    errorCode: "sf:INVALID_LOCATOR",
  });
});

test("a retrieve can be read as a stream", async () => {
  const org = await startOrg();
  await createApp(org);
  const unpackaged = { types: [{ members: ["*"], name: APPLICATION }], version: "66.0" };
  const chunks: Buffer[] = [];
  for await (const chunk of org.api.metadata.retrieve({ apiVersion: "66.0", unpackaged }).stream()) {
    chunks.push(chunk as Buffer);
  }
  expect(Object.keys(unzip(Buffer.concat(chunks).toString("base64")))).toContain(`unpackaged/${PATHS.app}`);
});

test("a deploy by REST is the same deploy", async () => {
  const org = await startOrg();
  const { metadata } = org.api;
  const package_ = zip({ "package.xml": manifest(ALL_TYPES), ...WHOLE_APP });
  const deployed = metadata.deployRest(package_, { singlePackage: true, rollbackOnError: true });
  expect(await deployed).toMatchObject({
    id: expect.stringMatching(/^0Af/),
    validatedDeployRequestId: null,
    deployOptions: { singlePackage: true, rollbackOnError: true, checkOnly: false },
    deployResult: { status: "Pending", done: false },
  });
  expect(await deployed.complete(true)).toMatchObject({ status: "Succeeded", numberComponentsDeployed: 5 });
  const { id } = await deployed;
  const byRest = await metadata.checkDeployStatus(id, true, true);
  expect(byRest).toMatchObject({ status: "Succeeded", done: true });
  expect(byRest.details.componentSuccesses).toHaveLength(5);
  expect(await metadata.checkDeployStatus(id, false, true)).not.toHaveProperty("details");
});

test("a deploy is cancelled by REST, and mistakes are told", async () => {
  const org = await startOrg({ delays: { metadataTransferMs: 60_000 } });
  const base = `${org.url}/services/data/v66.0/metadata/deployRequest`;
  const authorization = `Bearer ${org.state.sessions[0]?.accessToken}`;
  const send = async (method: string, path: string, body?: string | FormData, type?: string) => {
    const headers = { authorization, ...(type === undefined ? {} : { "content-type": type }) };
    const answer = await fetch(`${base}${path}`, { method, headers, body });
    return { status: answer.status, body: await answer.json() };
  };
  const { id } = await org.api.metadata.deployRest(zip(empty), { singlePackage: true });
  const cancel = JSON.stringify({ deployResult: { status: "Canceling" } });
  const json = "application/json";
  expect(await send("PATCH", `/${id}`, "{}", json)).toMatchObject({ status: 400 });
  expect(await send("PATCH", `/${id}`, cancel, json)).toMatchObject({
    status: 202,
    body: { id, deployResult: { status: "Canceled" } },
  });
  expect(await send("PATCH", `/${id}`, cancel, json)).toMatchObject({
    status: 400,
    body: [{ errorCode: "INVALID_ID_FIELD", message: "Deployment already completed" }],
  });
  expect(await send("GET", "/0AfSB0000000999")).toMatchObject({ status: 404 });
  expect(await send("POST", "", "{}", json)).toMatchObject({ status: 415 });
  expect(await send("POST", "", "no form", "multipart/form-data; boundary=b")).toMatchObject({
    status: 400,
    body: [{ errorCode: "INVALID_MULTIPART_REQUEST" }],
  });
  expect(await send("POST", "", new FormData())).toMatchObject({ status: 400 });
});
