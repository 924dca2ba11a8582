import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify from "fastify";
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { genesysClient, salesforceAdmin } from "../../sandbox/accounts.ts";
import { listen } from "../../sandbox/server.ts";
import { openStack, printed, type Run, succeeded } from "./stack.ts";
import { settingsFor, startVendors } from "./vendors.ts";
import { type Seen, watchFiles, watchProcesses } from "./watch.ts";

/**
 * Pulumi itself hands the secrets of the stack configuration to the program in this variable, and logs what it sends
 * and receives from `-v=9` on (README, "Honest limits"). Nothing else may show them.
 */
const configVariable = "variable PULUMI_CONFIG of ";
const logOfEngine = /^\{"time":.*"msg":"(?:Unm|M)arshaling (?:property )?for RPC/;

const vendors = await startVendors();
const settings = settingsFor(vendors);
const temporary = await mkdtemp(join(tmpdir(), "secrets-"));
afterAll(() => rm(temporary, { recursive: true }));
const stack = await openStack({
  settings,
  environment: { TMPDIR: temporary, PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "false" },
});

/** Where a secret must never be seen: all that was printed, written, and told to processes, and the whole state. */
const seen: Seen[] = [];

/** Those of before a rotation, too. */
const known = new Set<string>();

/** Client secrets of the log-ins and of the set, and every access token that was given out, now or earlier. */
function secrets(): ReadonlySet<string> {
  const { sessions } = vendors.salesforce.store.state;
  const pairs = consumers().flatMap(({ secret, staged }) => [secret, staged?.secret ?? ""]);
  const tokens = Object.values(sessions).map(({ accessToken }) => accessToken);
  const genesysTokens = Object.keys(vendors.genesys.store.state.accessTokens);
  const logIns = [salesforceAdmin.clientSecret, genesysClient.clientSecret];
  for (const secret of [...logIns, ...pairs, ...tokens, ...genesysTokens])
    if (secret !== "") known.add(secret);
  return known;
}

function leaks(): string[] {
  const all = [...secrets()];
  const found = seen.filter(({ text }) => all.some((secret) => text.includes(secret)));
  return [...new Set(found.map(({ where }) => where))].filter((where) => !where.startsWith(configVariable));
}

async function look(what: string, running: Promise<Run>): Promise<Run> {
  const watches = [watchFiles(temporary), watchFiles(stack.stateFolder), watchProcesses()];
  const run = await running;
  secrets();
  for (const watch of watches)
    for (const { where, text } of await watch.stop()) seen.push({ where: `${where} after ${what}`, text });
  const lines = printed(run).split("\n");
  seen.push({ where: what, text: lines.filter((line) => !logOfEngine.test(line)).join("\n") });
  seen.push({ where: `state as exported after ${what}`, text: JSON.stringify(await stack.exportState()) });
  return run;
}

beforeEach(async () => {
  seen.length = 0;
  await stack.configure({
    ...settings,
    salesforceClientId: salesforceAdmin.clientId,
    genesysClientId: genesysClient.clientId,
  });
  await stack.setSecret("salesforceClientSecret", salesforceAdmin.clientSecret);
  await stack.setSecret("genesysClientSecret", genesysClient.clientSecret);
});

describe("no secret in plain text", () => {
  test("when a set is made, read, changed after a rotation of its secret, and taken down", async () => {
    await succeeded(look("up", stack.up("--diff")));
    expect(secrets().size).toBeGreaterThan(4);
    await succeeded(look("preview --diff", stack.preview("--diff")));
    await succeeded(look("refresh", stack.refresh("--diff", "-v=11", "--logtostderr")));
    rotate();
    await succeeded(look("preview after a rotation", stack.preview("--refresh", "--diff")));
    await succeeded(look("up after a rotation", stack.up("--refresh", "--diff", "--json")));
    expect(leaks()).toEqual([]);
    await succeeded(look("destroy", stack.destroy()));
    expect(leaks()).toEqual([]);
  });

  test("when a log-in fails, and with debug output", async () => {
    stack.setEnvironment({ GENESYSCLOUD_OAUTHCLIENT_ID: "nobody" });
    const run = await look("a failing up", stack.up("--debug"));
    stack.setEnvironment({ GENESYSCLOUD_OAUTHCLIENT_ID: "" });
    expect(run.code).not.toBe(0);
    expect(printed(run)).toContain("GENESYS_LOGIN_REFUSED");
    expect(leaks()).toEqual([]);
    await succeeded(stack.destroy());
  });

  test("when a vendor repeats what it was sent, by half where a long text is cut", async () => {
    const { url, halves } = await startEcho();
    stack.setEnvironment({ GENESYSCLOUD_GATEWAY_URL: url });
    const run = await look("an up that is refused", stack.up("--diff"));
    expect(run.code).not.toBe(0);
    expect(printed(run)).toMatch(
      /GENESYS_REQUEST_REFUSED[\s\S]*said \[redacted\] cannot take .*\[redacted\]/,
    );
    expect(leaks()).toEqual([]);
    expect(halves).toHaveLength(2);
    for (const half of halves) expect(seen.filter(({ text }) => text.includes(half))).toEqual([]);
    await succeeded(look("destroy", stack.destroy()));
    expect(leaks()).toEqual([]);
    stack.setEnvironment({ GENESYSCLOUD_GATEWAY_URL: "" });
  });
});

test("a planted secret is found, wherever it is", async () => {
  const displayName = genesysClient.clientSecret;
  await stack.configure({ ...settings, displayName });
  stack.setEnvironment({
    SALESFORCE_ACCESS_TOKEN: salesforceAdmin.accessToken,
    GENESYSCLOUD_OAUTHCLIENT_ID: genesysClient.clientId,
    GENESYSCLOUD_OAUTHCLIENT_SECRET: genesysClient.clientSecret,
    NODE_OPTIONS: `--require ${join(import.meta.dirname, "programs", "leak.cjs")}`,
  });
  await succeeded(look("up", stack.up("--diff")));
  const found = leaks().join("\n");
  const places = [
    /^up$/m,
    /^state as exported after up$/m,
    /^file .*test\.json\S* after up$/m,
    /^file .*left-behind after up$/m,
  ];
  // Elsewhere there is no /proc to look at processes.
  if (process.platform === "linux")
    places.push(/^arguments of /m, /^variable GENESYSCLOUD_OAUTHCLIENT_SECRET /m);
  for (const place of places) expect(found).toMatch(place);
  stack.setEnvironment({ NODE_OPTIONS: "" });
  await stack.configure({ ...settings, displayName, description: consumers()[0]?.secret });
  const preview = await succeeded(look("preview before a rotation", stack.preview("--diff")));
  expect(printed(preview)).not.toContain(displayName);
  rotate();
  expect(leaks()).toContain("preview before a rotation");
  await succeeded(stack.destroy());
});

/** As Salesforce's Setup does it: the secret that a state has is not the app's any more. */
function rotate(): void {
  for (const consumer of consumers()) consumer.secret = `rotated-${randomUUID()}`;
}

function consumers() {
  return Object.values(vendors.salesforce.store.state.consumers);
}

/** Of a text that a vendor sends, no more is shown than its beginning, of this many characters. */
const shownAtMost = 400;

/** A gateway before Genesys that refuses credentials and repeats token and body in its error, also where it is cut. */
async function startEcho() {
  const halves: string[] = [];
  const cutInHalf = (secret: string) => {
    const half = secret.slice(0, secret.length / 2);
    halves.push(half);
    return "x".repeat(shownAtMost - half.length) + secret;
  };
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, text, done) => done(null, text));
  app.all<{ Body: string | undefined }>("/*", async ({ method, url, headers, body }, reply) => {
    const { authorization = "", "content-type": type = "application/json" } = headers;
    if (method === "POST" && url.endsWith("/integrations/credentials")) {
      const token = authorization.replace("Bearer ", "");
      const { clientSecret } = JSON.parse(body ?? "{}").credentialFields;
      const details = [{ errorCode: cutInHalf(token), fieldName: cutInHalf(clientSecret) }];
      const message = `${token} cannot take ${body} from ${authorization}`;
      return reply.code(400).send({ message, details, code: "bad.request", status: 400, contextId: "echo" });
    }
    const request = { method, headers: { authorization, "content-type": type }, body };
    const answer = await fetch(`${vendors.genesysUrl}${url}`, request);
    return reply
      .code(answer.status)
      .type("application/json")
      .send(await answer.text());
  });
  const server = await listen(app, 0);
  onTestFinished(server.stop);
  return { url: server.url, halves };
}
