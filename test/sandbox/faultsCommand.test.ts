import { execFile } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { faults as allFaults } from "../../sandbox/faults/index.ts";
import { startOrgs } from "../../sandbox/orgs.ts";
import { outcome, startSet, type TestSet } from "./faultsSet.ts";
import { send } from "./genesysOrg.ts";

const root = join(import.meta.dirname, "..", "..");
const launcher = join(root, "cli", "amsg.mjs");

interface Ended {
  code: number;
  out: string;
  errors: string;
}

function runNode(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, (_error, out, errors) =>
      resolve({ code: child.exitCode ?? -1, out, errors }),
    );
  });
}

const faultsOf = (set: TestSet, ...args: string[]): Promise<Ended> =>
  runNode(launcher, "sandbox", "faults", ...args, "--url", set.genesys.url);

test("list shows every fault, and which are on", async () => {
  const set = await startSet();
  set.faults.on("rate-limited", { nth: 7 });
  const { code, out, errors } = await faultsOf(set, "list");
  expect([code, errors]).toEqual([0, ""]);
  const lines = out.split("\n");
  for (const { name, seen } of allFaults) {
    expect(lines.filter((line) => line.startsWith(`${name} `) && line.endsWith(seen))).toHaveLength(1);
  }
  expect(out).toMatch(/^rate-limited +on, nth 7 /m);
  expect(out).toMatch(/^eca-ghost +off /m);
  expect(out).toMatch(/^client-secret-differs +off +A1 /m);

  const json = JSON.parse((await faultsOf(set, "list", "--on", "--json")).out);
  expect(json.version).toBe(1);
  expect(json.faults).toMatchObject([
    { name: "rate-limited", kind: "transport", on: { options: { nth: 7 }, matched: 0, struck: 0 } },
  ]);
});

test("on and off switch a fault of the running sandbox", async () => {
  const set = await startSet();
  expect(await faultsOf(set, "on", "eca-ghost")).toMatchObject({
    code: 0,
    out: expect.stringContaining("on"),
  });
  expect(await outcome(set)).toBe("refused_by_fault");
  expect(await faultsOf(set, "off", "eca-ghost")).toMatchObject({
    code: 0,
    out: "Switched off: eca-ghost.\n",
  });
  expect(await outcome(set)).toBe("works");

  const match = "GET /api/v2/integrations";
  await faultsOf(set, "on", "internal-error", "--match", match, "--probability", "0.5", "--seed", "42");
  await faultsOf(set, "on", "slow-answer", "--milliseconds", "1", "--vendor", "genesys", "--count", "2");
  await faultsOf(set, "on", "client-id-differs", "--member", set.ids.credentialId);
  expect(set.faults.list().flatMap(({ on }) => on?.options ?? [])).toEqual(
    expect.arrayContaining([
      { match, probability: 0.5, seed: 42 },
      { milliseconds: 1, vendor: "genesys", count: 2 },
      { member: set.ids.credentialId },
    ]),
  );
  const one = await faultsOf(set, "off", "slow-answer");
  expect(one.out).toMatch(
    /^Switched off: slow-answer\. Still on:\n\nFAULT .*\n(?:internal-error|client-id-differs) +on/,
  );
  expect((await faultsOf(set, "off", "slow-answer")).out).toContain(
    "The fault slow-answer was not on. Still on:",
  );
  const all = JSON.parse((await faultsOf(set, "off", "--all", "--json")).out);
  expect(all).toMatchObject({
    faults: [],
    switchedOff: expect.arrayContaining(["internal-error", "client-id-differs"]),
  });
  expect(set.faults.idle).toBe(true);
  expect((await faultsOf(set, "off", "--all")).out).toBe("No fault was on.\n");
});

test("what cannot be switched is explained, for people and for programs", async () => {
  const set = await startSet();
  const cases = [
    [["on", "gremlins"], "FAULT_UNKNOWN", "faults list"],
    [["on", "eca-ghost", "--match", "GET /"], "FAULT_OPTIONS", "count, nth, probability, seed, member"],
    [["on", "lost-response", "--count", "0"], "FAULT_OPTIONS", "count: must be >= 1"],
    [["on", "rate-limited", "--milliseconds", "1"], "FAULT_OPTIONS", "milliseconds"],
    [["on", "credential-ghost", "--member", "nobody"], "FAULT_NOTHING_TO_BREAK", '"nobody"'],
    [["off", "gremlins"], "FAULT_UNKNOWN", "faults list"],
  ] as const;
  for (const [args, code, text] of cases) {
    const ended = await faultsOf(set, ...args, "--json");
    expect(ended.code).toBe(1);
    expect(ended.errors).toMatch(new RegExp(`^${code}: .*\n {2}evidence: .*\n {2}next: `));
    expect(ended.errors).toContain(text);
    expect(JSON.parse(ended.out)).toMatchObject({ version: 1, error: { code } });
  }
  expect(set.faults.idle).toBe(true);
  expect(await faultsOf(set, "off")).toMatchObject({
    code: 64,
    errors: expect.stringContaining("name one fault, or give --all"),
  });
  expect((await faultsOf(set, "on", "lost-response", "--count", "many")).errors).toContain("whole number");
});

test("no sandbox, or something else, at the address", async () => {
  const list = (url: string) => runNode(launcher, "sandbox", "faults", "list", "--url", url);
  const other = createServer((_request, response) => response.end("<h1>Hello</h1>")).listen(0, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const otherVersion = await list(url);
  expect([otherVersion.code, otherVersion.errors]).toEqual([
    1,
    expect.stringContaining("SANDBOX_OTHER_VERSION"),
  ]);
  other.close();
  await once(other, "close");
  const nobody = await list(url);
  expect([nobody.code, nobody.errors]).toEqual([1, expect.stringContaining("SANDBOX_NOT_RUNNING")]);
  expect(nobody.errors).toContain("npx amsg sandbox");
});

test("--org switches the faults of that org of the sandbox, and of no other", async () => {
  const orgs = await startOrgs(["dev", "staging"]);
  onTestFinished(() => orgs.stop());
  const [dev, staging] = ["dev", "staging"].map((name) => orgs.sandboxes.get(name));
  const faults = (...args: string[]) =>
    runNode(launcher, "sandbox", "faults", ...args, "--url", dev?.webPageUrl ?? "");
  expect((await faults("on", "lost-response", "--org", "staging")).code).toBe(0);
  expect([dev?.faults.names, staging?.faults.names]).toEqual([[], ["lost-response"]]);
  expect((await faults("list", "--on", "--org", "staging")).out).toMatch(/^lost-response +on/m);
  expect((await faults("list", "--on")).out).toBe("No fault is on.\n");

  const unknown = await faults("off", "--all", "--org", "production", "--json");
  expect([unknown.code, unknown.errors]).toEqual([
    1,
    expect.stringMatching(/^SANDBOX_ORG_UNKNOWN: .*"production"/),
  ]);
  expect(JSON.parse(unknown.out).error.evidence.orgs).toBe("dev, staging");
  expect((await faults("off", "--all", "--org", "staging")).code).toBe(0);
  expect(staging?.faults.idle).toBe(true);
});

test("either vendor's control paths list and switch the same faults", async () => {
  const set = await startSet();
  const at = (url: string) => `${url}/_sandbox/faults`;
  const on = await send(`${at(set.salesforce.url)}/lost-response`, "PUT", { count: 1 });
  expect(on).toMatchObject({ status: 200, body: { name: "lost-response", on: { options: { count: 1 } } } });
  const { body } = await send(at(set.genesys.url), "GET");
  expect(body.faults.filter((fault: { on?: object }) => fault.on)).toEqual([on.body]);
  expect((await send(`${at(set.genesys.url)}/lost-response`, "DELETE")).status).toBe(204);
  expect((await send(`${at(set.genesys.url)}/gremlins`, "PUT")).status).toBe(404);
  expect((await send(`${at(set.genesys.url)}/lost-response`, "PUT", { cuont: 1 })).status).toBe(400);
  await send(`${at(set.salesforce.url)}/bad-gateway`, "PUT");
  expect((await send(at(set.salesforce.url), "DELETE")).status).toBe(204);
  expect(set.faults.idle).toBe(true);
});

test("help has examples, and loads no more than the parser of the options", async () => {
  const listLoaded = `import module from "node:module";
    process.on("exit", () => console.error(JSON.stringify(Object.keys(module._cache))));`;
  const spy = `data:text/javascript,${encodeURIComponent(listLoaded)}`;
  const ofSandbox = [["sandbox"], ["sandbox", "faults"], ["sandbox", "faults", "on"]];
  for (const command of [
    [],
    ...ofSandbox,
    ["sign-in"],
    ["diagnose"],
    ["rebuild"],
    ["compare"],
    ["support-bundle"],
  ]) {
    const { code, out, errors } = await runNode("--import", spy, launcher, ...command, "--help");
    expect(code).toBe(0);
    expect(out).toMatch(/Examples:\n {2}\$ .*npx amsg /);
    // But for commands to be copied, as wide as a terminal is at least.
    expect(out.split("\n").filter((line) => line.length > 80 && !line.startsWith("  $ "))).toEqual([]);
    const packages = (JSON.parse(errors) as string[]).map((file) => /node_modules\/([^/]+)/.exec(file)?.[1]);
    expect(new Set(packages)).toEqual(new Set(["commander"]));
  }
});

test("an old Node starts the project's own, and says what to do when there is none", async () => {
  const old = `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.1.0"}})`;
  const withProject = await runNode("--import", old, launcher, "--help");
  expect([withProject.code, withProject.out]).toEqual([0, expect.stringContaining("npx amsg")]);
  const refused = await runNode("--import", old, launcher, "sandbox", "--profile", "slow");
  expect([refused.code, refused.errors]).toEqual([64, expect.stringContaining("fast, realistic")]);

  const folder = await mkdtemp(join(tmpdir(), "amsg-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "cli"));
  await copyFile(launcher, join(folder, "cli", "amsg.mjs"));
  const alone = await runNode("--import", old, join(folder, "cli", "amsg.mjs"), "--help");
  expect([alone.code, alone.errors]).toEqual([
    1,
    expect.stringContaining("AMSG_NODE_TOO_OLD: Node.js 20.1.0"),
  ]);
});
