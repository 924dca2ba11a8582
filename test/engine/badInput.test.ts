import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { genesysReadOnlyClient, salesforceReadOnly } from "../../sandbox/accounts.ts";
import { deadAddress } from "../deadAddress.ts";
import { expectSignIn } from "./drift.ts";
import { openStack, printed, type Run, succeeded } from "./stack.ts";
import { logIns, oneSet, sets, settingsFor, startVendors } from "./vendors.ts";

const vendors = await startVendors();
const settings = settingsFor(vendors);
const stack = await openStack({
  program: join(import.meta.dirname, "programs", "full"),
  settings,
  environment: logIns,
});

/** One thing that is wrong, and what the error must say. */
interface BadInput {
  what: string;
  settings?: object;
  environment?: Record<string, string>;
  code: string;
  facts: string[];
}

/** The command failed with this code, and says what the evidence is and what to do next. */
function expectRefused(run: Run, code: string, ...facts: string[]): void {
  const text = printed(run);
  expect(run.code, text).not.toBe(0);
  for (const part of [`${code}: `, "next: ", ...facts]) expect(text).toContain(part);
}

describe("is refused before anything is made", () => {
  test("settings of the set and of the log-ins, all problems at once", async () => {
    await stack.configure({
      ...settings,
      genesysRegion: "middle-earth-1",
      genesysGatewayUrl: "http://gateway.example",
      callbackUrls: ["https://shop.example/signed-in", "http://shop.example/signed-in"],
      displayName: "x".repeat(81),
      developerName: "with-dashes",
      allowedDomains: ["https://shop.example"],
      salesforceClientSecret: "plain-text-canary",
    });
    const run = await stack.up();
    expectRefused(
      run,
      "CONFIGURATION_INVALID",
      'genesysRegion (is "middle-earth-1")',
      "eu-central-1",
      'genesysGatewayUrl (is "http://gateway.example")',
      'callbackUrls.1 (is "http://shop.example/signed-in"): must be an https URL',
      "at most 80 characters",
      'developerName (is "with-dashes")',
      "bare host name",
      "salesforceClientSecret: stands in plain text",
    );
    expect(printed(run)).not.toContain("plain-text-canary");
    expect(await vendors.objects()).toEqual(sets(0));
  });

  afterEach(async () => {
    stack.setEnvironment({ ...logIns, SALESFORCE_INSTANCE_URL: "" });
    await stack.configure(settings);
  });

  test.each<BadInput>([
    {
      what: "a wrong Salesforce secret",
      environment: { SALESFORCE_CLIENT_SECRET: "wrong-secret" },
      code: "SALESFORCE_LOGIN_REFUSED",
      facts: ["evidence: ", vendors.salesforceUrl, "client credentials"],
    },
    {
      what: "a Salesforce user without the permission",
      environment: {
        SALESFORCE_CLIENT_ID: salesforceReadOnly.clientId,
        SALESFORCE_CLIENT_SECRET: salesforceReadOnly.clientSecret,
      },
      code: "SALESFORCE_PERMISSION_MISSING",
      facts: ["evidence: ", "Create, edit, and delete External Client Apps"],
    },
    {
      what: "a Salesforce that is not there, as when the sandbox is not running",
      environment: { SALESFORCE_INSTANCE_URL: deadAddress },
      code: "SALESFORCE_UNREACHABLE",
      facts: ["evidence: address http://127.0.0.1:", "ECONNREFUSED", "npm run sandbox"],
    },
  ])("$what", async ({ environment = {}, code, facts }) => {
    stack.setEnvironment(environment);
    const run = await stack.up();
    expectRefused(run, code, ...facts);
    expect(printed(run)).not.toContain("wrong-secret");
    expect(await vendors.objects()).toEqual(sets(0));
  });

  test("a Node that cannot run TypeScript", async () => {
    const { PATH } = stack.environment;
    stack.setEnvironment({ PATH: [await folderOfOldNode(), PATH].join(delimiter) });
    const run = await stack.up();
    stack.setEnvironment({ PATH });
    expectRefused(run, "NODE_TOO_OLD", "Node.js 24", "npx pulumi");
    expect(await vendors.objects()).toEqual(sets(0));
  });
});

describe("stops half-way, and the next up makes the rest", () => {
  afterEach(async () => {
    await succeeded(stack.destroy());
    expect(await vendors.objects()).toEqual(sets(0));
  });

  test.each<BadInput>([
    {
      what: "a wrong Genesys secret",
      environment: { GENESYSCLOUD_OAUTHCLIENT_SECRET: "wrong-secret" },
      code: "GENESYS_LOGIN_REFUSED",
      facts: ["evidence: status 401", logIns.GENESYSCLOUD_OAUTHCLIENT_ID, "the region"],
    },
    {
      what: "a Genesys client without the permission",
      environment: {
        GENESYSCLOUD_OAUTHCLIENT_ID: genesysReadOnlyClient.clientId,
        GENESYSCLOUD_OAUTHCLIENT_SECRET: genesysReadOnlyClient.clientSecret,
      },
      code: "GENESYS_PERMISSION_MISSING",
      facts: ["evidence: status 403", "integrations:integration:add", "contextId"],
    },
    {
      what: "a Genesys that is not there",
      environment: { GENESYSCLOUD_GATEWAY_URL: deadAddress },
      code: "GENESYS_UNREACHABLE",
      facts: ["evidence: address http://127.0.0.1:", "ECONNREFUSED", "npm run sandbox"],
    },
    {
      what: "an integration type that the org lacks",
      settings: { integrationType: "mistyped" },
      code: "GENESYS_TYPE_MISSING",
      facts: ["evidence: offered ", "OpenID Connect Messenger Configuration", "`type`"],
    },
    {
      what: "a login host that is none",
      settings: { loginHost: `${vendors.salesforceUrl}/nowhere` },
      code: "DISCOVERY_UNUSABLE",
      facts: ["evidence: address ", "/nowhere/.well-known/openid-configuration, status 404"],
    },
  ])("$what", async ({ settings: changes, environment = {}, code, facts }) => {
    await stack.configure({ ...settings, ...changes });
    stack.setEnvironment(environment);
    const run = await stack.up();
    stack.setEnvironment({ ...logIns, GENESYSCLOUD_GATEWAY_URL: "" });
    await stack.configure(settings);
    expectRefused(run, code, ...facts);
    expect(printed(run)).not.toContain("wrong-secret");

    await succeeded(stack.up());
    expect(await vendors.objects()).toEqual(oneSet);
    await expectSignIn(stack);
  });
});

/** A `node` that runs no TypeScript, as those before version 22.18. */
async function folderOfOldNode(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "old-node-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "node");
  await writeFile(file, `#!/bin/sh\nexec "${process.execPath}" --no-experimental-strip-types "$@"\n`);
  await chmod(file, 0o755);
  return folder;
}
