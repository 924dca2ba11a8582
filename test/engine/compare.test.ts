import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { beforeAll, describe, expect, test } from "vitest";
import { visitor } from "../../sandbox/accounts.ts";
import { amsg } from "../cli/amsg.ts";
import { checkout, openStack, printed, succeeded } from "./stack.ts";
import { logIns, startVendors } from "./vendors.ts";

const vendors = await startVendors();
const program = join(checkout, "examples", "two-sets");
const stack = await openStack({
  program,
  settings: {},
  environment: {
    ...logIns,
    SALESFORCE_INSTANCE_URL: vendors.salesforceUrl,
    GENESYSCLOUD_REGION: "us-east-1",
    GENESYSCLOUD_GATEWAY_URL: vendors.genesysUrl,
  },
});

/** `amsg compare` in the example's folder, with the configuration of the test's stack. */
const compare = (...args: string[]) =>
  amsg(["compare", ...args, "--config-file", stack.configFile], { cwd: program, env: stack.environment });

async function withFault<T>(name: string, options: object, work: () => Promise<T>): Promise<T> {
  vendors.faults.on(name, options);
  try {
    return await work();
  } finally {
    vendors.faults.off(name);
  }
}

beforeAll(() => succeeded(stack.up()));

describe("two sets of one stack", () => {
  test("are alike, also when one has a ghost", async () => {
    const run = await withFault("eca-ghost", { member: "Sign_in_helpdesk" }, () =>
      compare("test:shop", "test:helpdesk"),
    );
    expect(run.stdout).toMatch(/^test:shop against test:helpdesk: no difference, \d+ expected \(--all shows/);
    expect(run.code).toBe(0);
  });

  test("differ by what is put wrong in one of them", async () => {
    const member = "Sign_in_helpdesk_glbloauth";
    const run = await withFault("callback-url-differs", { member }, () =>
      compare("test:shop", "test:helpdesk", "--json"),
    );
    expect(run.code, run.stderr).toBe(2);
    expect(JSON.parse(run.stdout)).toMatchObject({
      version: 1,
      left: { name: "test:shop" },
      right: { name: "test:helpdesk" },
      differences: [
        {
          member: "ECA",
          property: "globalOauthSettings.callbackUrl",
          left: "<page>/signed-in",
          right: "<page>/signed-in/",
          cause: "A14",
        },
      ],
      notes: [],
    });
  });

  test("are told with all that is expected, and no secret", async () => {
    const run = await compare("test:shop", "test:helpdesk", "--all");
    expect(run.stdout).toMatch(/^MEMBER +PROPERTY +test:shop +test:helpdesk +BECAUSE$/m);
    expect(run.stdout).toMatch(/^ECA +consumerSecret +fingerprint \w{12} +fingerprint \w{12} /m);
    for (const { secret } of Object.values(vendors.salesforce.store.state.consumers)) {
      expect(run.stdout + run.stderr).not.toContain(secret);
    }
  });
});

describe("one set and its program", () => {
  test("are alike after an update", async () => {
    const run = await compare("test:shop");
    expect(run.stdout, run.stderr).toMatch(/^program of test:shop against live: no difference/);
    expect(run.code).toBe(0);
  });

  test("differ by what was changed behind Pulumi's back", async () => {
    const run = await withFault("integration-disabled", {}, () => compare("test:shop"));
    expect(run.code).toBe(2);
    expect(run.stdout).toMatch(
      /integration {2}enabled {2}A5\n +program of test:shop +true\n +live +false\n +why /,
    );
  });
});

describe("a support bundle", () => {
  const bundle = (...args: string[]) =>
    amsg(["support-bundle", "--stack", "test", "--set", "shop", "--config-file", stack.configFile, ...args], {
      cwd: program,
      env: { ...stack.environment, AMSG_PASSWORD: visitor.password },
    });

  test("of a sign-in that fails is written once, and lists what is in it", async () => {
    const file = join(stack.stateFolder, "bundle.zip");
    const args = ["--user", visitor.username, "--output", file];
    const run = await withFault("eca-ghost", {}, () => bundle(...args, "--json"));
    expect(run.code, run.stderr).toBe(0);
    const { files, requests } = JSON.parse(run.stdout);
    const entries = Object.keys(unzipSync(await readFile(file)));
    expect(entries).toEqual(["README.md", ...files.map(({ name }: { name: string }) => name)]);
    expect(files.filter(({ error }: { error?: string }) => error)).toEqual([]);
    expect(requests.some(({ contextId }: { contextId?: string }) => contextId)).toBe(true);
    expect(printed(run)).not.toContain(visitor.password);
    const again = await bundle(...args);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("SUPPORT_BUNDLE_EXISTS")]);
  });
});

describe("what cannot be compared", () => {
  test.each([
    ["is too slow", "slow-answer", { milliseconds: 60_000, vendor: "genesys" }, /VENDORS_TOO_SLOW.*of shop/s],
    ["is down", "connection-reset", { vendor: "salesforce" }, /SALESFORCE_UNREACHABLE/],
    ["answers with a web page", "html-answer", { vendor: "genesys" }, /GENESYS_UNEXPECTED_ANSWER/],
  ])("because a vendor %s: an error with the next step", async (_what, fault, options, said) => {
    const run = await withFault(fault, options, () => compare("test:shop", "--within", "6", "--json"));
    expect(run.code).toBe(1);
    expect(JSON.stringify(JSON.parse(run.stdout).error)).toMatch(said);
    expect(JSON.parse(run.stdout).error.next).toMatch(/\w/);
    expect(run.stderr).toMatch(said);
  });

  test("because a set is not there, or the same one is named twice", async () => {
    const runs = await Promise.all([
      compare("test:office", "test:shop"),
      compare("test:shop", "test:shop"),
      compare("test:shop", "--within", "soon"),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([1, 64, 64]);
    expect(runs[0].stderr).toContain("SET_NOT_FOUND");
  });
});
