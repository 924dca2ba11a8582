import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import fastify from "fastify";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { genesysClient, salesforceAdmin } from "../../sandbox/accounts.ts";
import { listen } from "../../sandbox/server.ts";
import { openStack, printed, type Run, succeeded } from "./stack.ts";
import { settingsFor, startVendors } from "./vendors.ts";

const vendors = await startVendors();
const settings = settingsFor(vendors);
const stack = await openStack({ settings });

/** Where a secret must never be seen: everything that was printed, and the whole state. */
const seen: { where: string; text: string }[] = [];

/** Client secrets of the log-ins and of the set, and every access token that was given out. */
function secrets(): string[] {
  const { consumers, sessions } = vendors.salesforce.store.state;
  const pairs = Object.values(consumers).flatMap(({ secret, staged }) => [secret, staged?.secret ?? ""]);
  const tokens = Object.values(sessions).map(({ accessToken }) => accessToken);
  const genesysTokens = Object.keys(vendors.genesys.store.state.accessTokens);
  const logIns = [salesforceAdmin.clientSecret, genesysClient.clientSecret];
  return [...logIns, ...pairs, ...tokens, ...genesysTokens].filter((secret) => secret !== "");
}

function leaks(): string[] {
  const found = seen.filter(({ text }) => secrets().some((secret) => text.includes(secret)));
  return found.map(({ where }) => where);
}

async function look(where: string, running: Promise<Run>): Promise<Run> {
  const run = await running;
  seen.push({ where, text: printed(run) });
  seen.push({ where: `state as exported after ${where}`, text: JSON.stringify(await stack.exportState()) });
  for (const file of await readdir(stack.stateFolder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    seen.push({ where: `${path} after ${where}`, text: await readFile(path, "utf8") });
  }
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
    expect(secrets().length).toBeGreaterThan(4);
    await succeeded(look("preview --diff", stack.preview("--diff")));
    await succeeded(look("refresh", stack.refresh("--diff")));
    for (const consumer of Object.values(vendors.salesforce.store.state.consumers))
      consumer.secret += "-rotated";
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

  test("when a vendor repeats what it was sent", async () => {
    stack.setEnvironment({ GENESYSCLOUD_GATEWAY_URL: await startEcho() });
    const run = await look("an up that is refused", stack.up("--diff"));
    expect(run.code).not.toBe(0);
    expect(printed(run)).toMatch(/GENESYS_REQUEST_REFUSED[\s\S]*cannot take .*\[redacted\]/);
    expect(leaks()).toEqual([]);
    await succeeded(look("destroy", stack.destroy()));
    expect(leaks()).toEqual([]);
    stack.setEnvironment({ GENESYSCLOUD_GATEWAY_URL: "" });
  });
});

/** A gateway before Genesys that refuses credentials and repeats token and body in its error. */
async function startEcho(): Promise<string> {
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, text, done) => done(null, text));
  app.all<{ Body: string | undefined }>("/*", async ({ method, url, headers, body }, reply) => {
    const { authorization = "", "content-type": type = "application/json" } = headers;
    if (method === "POST" && url.endsWith("/integrations/credentials")) {
      const message = `cannot take ${body} from ${authorization}`;
      return reply.code(400).send({ message, code: "bad.request", status: 400, contextId: "echo" });
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
  return server.url;
}

test("a planted secret is found, in what is printed and in the state", async () => {
  await stack.configure({ ...settings, displayName: genesysClient.clientSecret });
  stack.setEnvironment({
    SALESFORCE_ACCESS_TOKEN: salesforceAdmin.accessToken,
    GENESYSCLOUD_OAUTHCLIENT_ID: genesysClient.clientId,
    GENESYSCLOUD_OAUTHCLIENT_SECRET: genesysClient.clientSecret,
  });
  await succeeded(look("up", stack.up("--diff")));
  expect(leaks()).toEqual(expect.arrayContaining(["up", "state as exported after up"]));
  await succeeded(stack.destroy());
});
