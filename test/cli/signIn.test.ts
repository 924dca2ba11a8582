import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { stepNames } from "../../operations/signIn/steps.ts";
import { visitor } from "../../sandbox/accounts.ts";
import { openPage, startChromium } from "../browser/chromium.ts";
import { openStack, printed, type Run, succeeded } from "../engine/stack.ts";
import { logIns, settingsFor, startVendors } from "../engine/vendors.ts";
import { portsInARow } from "../freePorts.ts";
import { Browser } from "../sandbox/browser.ts";
import { type AmsgOptions, amsg, amsgOn } from "./amsg.ts";

const vendors = await startVendors();
const callback = `http://127.0.0.1:${await portsInARow(1)}/back`;
const settings = settingsFor(vendors);
const stack = await openStack({
  settings: { ...settings, callbackUrls: [...settings.callbackUrls, callback] },
  environment: logIns,
});
await succeeded(stack.up());
const { faults } = vendors;
afterEach(() => faults.allOff());

const asVisitor = ["--user", visitor.username];
const withPassword = { env: { AMSG_PASSWORD: visitor.password } };

async function signIn(args: readonly string[], options: AmsgOptions = withPassword): Promise<Run> {
  const run = await amsgOn(stack, ["sign-in", ...args], options);
  expect(secrets().filter((secret) => printed(run).includes(secret))).toEqual([]);
  return run;
}

/** What no command may ever print. */
function secrets(): string[] {
  const { consumers, artifacts } = vendors.salesforce.store.state;
  const ofClients = Object.values(consumers).map(({ secret }) => secret);
  const issued = Object.keys(artifacts)
    .filter((key) => /^(AccessToken|RefreshToken|AuthorizationCode):/.test(key))
    .map((key) => key.slice(key.indexOf(":") + 1));
  return [
    visitor.password,
    ...ofClients,
    ...issued,
    ...Object.values(logIns).filter((value) => /secret/.test(value)),
  ];
}

describe("a test user, headless", () => {
  test("each step on standard error, the verdict on standard output, the token given back", async () => {
    const { revokedGuestTokens } = vendors.genesys.store.state;
    const before = revokedGuestTokens.length;
    const { code, stdout, stderr } = await signIn(asVisitor);
    expect(code).toBe(0);
    for (const name of stepNames) expect(stderr).toMatch(new RegExp(`^✔ ${name} +\\d+ ms`, "m"));
    expect(stdout).toMatch(
      /^\nSign-in works: \S+\/id\/\S+ was signed in through 8 steps in \d+\.\d s, and out again/,
    );
    expect(stdout + stderr).not.toContain("\u001b");
    expect(revokedGuestTokens).toHaveLength(before + 1);
    expect(vendors.genesys.store.state.guestSessions).toEqual({});
  });

  test("for programs: one JSON object", async () => {
    const { code, stdout } = await signIn([...asVisitor, "--json"]);
    const { version, stack: name, set, signIn: verdict } = JSON.parse(stdout);
    expect({ code, version, name, set }).toEqual({ code: 0, version: 1, name: stack.name, set: "messaging" });
    expect(verdict).toMatchObject({ ok: true, tried: true, attempts: 1 });
    expect(verdict.steps.map((step: { name: string }) => step.name)).toEqual(stepNames);
  });

  test("a broken set: exit code 3, the step, the evidence, what next", async () => {
    faults.on("integration-disabled");
    const { code, stdout, stderr } = await signIn(asVisitor);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^✖ exchange +\d+ ms {2}SIGN_IN_EXCHANGE_REFUSED {2}.*contextId/m);
    expect(stdout).toMatch(
      /Sign-in is broken: it fails at the step exchange\.[\s\S]*status 401[\s\S]*next: /,
    );
  });

  test("repeated until it works", async () => {
    faults.on("client-not-propagated", { count: 1 });
    const { code, stdout, stderr } = await signIn([...asVisitor, "--within", "60"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("at attempt 2") });
    expect(stderr).toMatch(/Attempt 1 failed, \d+\.\d s after the first began\. Again in 1\.0 s\./);
  });

  test.each([
    ["a wrong password", [], { AMSG_PASSWORD: "wrong-one" }, "SIGN_IN_LOGIN_REFUSED"],
    ["no password", [], { AMSG_PASSWORD: "" }, "SIGN_IN_NO_PASSWORD"],
    ["a set that is not there", ["--set", "nobody"], withPassword.env, "SET_NOT_FOUND"],
  ])("%s: exit code 1, for people and for programs", async (_what, flags, env, error) => {
    const { code, stdout, stderr } = await signIn([...asVisitor, ...flags, "--json"], { env });
    expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 1, error });
    expect(JSON.parse(stdout).error.next).not.toBe("");
    expect(stdout + stderr).not.toContain("wrong-one");
  });

  test.each([
    ["Salesforce is down", "service-unavailable", { vendor: "salesforce" }, "SIGN_IN_UNAVAILABLE"],
    ["Genesys resets connections", "connection-reset", { vendor: "genesys" }, "SIGN_IN_NO_ANSWER"],
    ["Genesys answers HTML", "html-answer", { vendor: "genesys" }, "SIGN_IN_UNAVAILABLE"],
    [
      "Salesforce is slow",
      "slow-answer",
      { vendor: "salesforce", milliseconds: 60_000 },
      "SIGN_IN_NO_ANSWER",
    ],
  ])("%s: could not be tried, with the next step", async (_what, fault, options, error) => {
    faults.on(fault, options);
    const { code, stdout } = await signIn([...asVisitor, "--timeout", "1"]);
    expect(code).toBe(1);
    expect(stdout).toContain("The sign-in could not be tried: this says nothing about the set.");
    expect(stdout).toMatch(new RegExp(`${error}: [\\s\\S]*\\n {2}evidence: [\\s\\S]*\\n {2}next: `));
  });

  test("Ctrl-C: ended at once, with exit code 130", async () => {
    faults.on("slow-answer", { vendor: "salesforce", milliseconds: 60_000 });
    const interruption = new AbortController();
    const { code, stderr } = await signIn(asVisitor, {
      ...withPassword,
      signal: interruption.signal,
      onOutput: ({ stderr }) => stderr.includes("messaging of") && interruption.abort(),
    });
    expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining("Interrupted (SIGINT)") });
  });
});

describe("in person", () => {
  test("in a real browser: back to the terminal, and out again", async () => {
    const { page, complaints } = await openPage(await chromium());
    const addresses: string[] = [];
    const run = signIn(["--browser", "--no-open"], {
      onOutput: byAddress((address) => addresses.push(address)),
    });
    await expect.poll(() => addresses.length, { timeout: 30_000 }).toBe(1);
    await page.goto(addresses[0] ?? "");
    await logInAt(page);
    expect(page.url()).toMatch(`${callback}?code=`);
    expect(await page.getByText("Go back to the terminal").isVisible()).toBe(true);
    const { code, stdout, stderr } = await run;
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("Sign-in works") });
    expect(stderr).toMatch(/^✔ login .*user in a browser, reached /m);
    expect(complaints.filter((complaint) => !complaint.includes("favicon"))).toEqual([]);
  });

  test("for every command: after one log-in the identity provider's session does the rest", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bundle-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const { page } = await openPage(await chromium());
    const visits: string[] = [];
    const person = {
      onOutput: byAddress(async (address) => {
        await page.goto(address);
        if (visits.length === 0) await logInAt(page);
        visits.push(page.url());
      }),
    };
    const diagnosis = await amsgOn(stack, ["diagnose", "--browser", "--no-open"], person);
    expect(diagnosis.code, printed(diagnosis)).toBe(0);
    expect(diagnosis.stdout).toContain("The sign-in works");
    expect(diagnosis.stderr).toContain("Sign in once more (2)");
    const file = ["--output", join(folder, "case.zip")];
    const bundle = await amsgOn(stack, ["support-bundle", "--browser", "--no-open", "--json", ...file], {
      onOutput: byAddress((address) => page.goto(address)),
    });
    expect(bundle.code, printed(bundle)).toBe(0);
    expect(JSON.parse(bundle.stdout).requests.length).toBeGreaterThan(8);
    expect(visits.map((address) => new URL(address).origin)).toEqual(Array(2).fill(new URL(callback).origin));
  });

  test("the system's browser is opened at the address that is printed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "opener-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const opened = join(folder, "opened");
    const opener = `#!/bin/sh\nprintf %s "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`;
    for (const name of ["xdg-open", "open"]) await writeFile(join(folder, name), opener, { mode: 0o755 });
    const PATH = [folder, stack.environment.PATH].join(delimiter);
    const shown: string[] = [];
    const { code } = await signIn(["--browser"], {
      env: { PATH },
      onOutput: byAddress(async (address) => {
        shown.push(address);
        await expect.poll(() => readFile(opened, "utf8").catch(() => ""), { timeout: 10_000 }).not.toBe("");
        await comeBack(await readFile(opened, "utf8"));
      }),
    });
    expect(code).toBe(0);
    expect(await readFile(opened, "utf8")).toBe(shown[0]);
  });

  test("nobody comes", async () => {
    const { code, stdout } = await signIn(["--browser", "--no-open", "--wait", "0.5"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining("SIGN_IN_NOBODY_CAME") });
  });

  test("no address to be sent back to: what to add", async () => {
    const server = createServer().listen(Number(new URL(callback).port), "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { code, stderr } = await signIn(["--browser"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /SIGN_IN_NO_REDIRECT_ADDRESS: [\s\S]*something else listens there[\s\S]*callbackUrls/,
    );
  });

  test("a pasted address", async () => {
    const { code, stdout } = await signIn(["--paste"], {
      onOutput: byAddress(async (address, type) => {
        const browser = new Browser();
        const login = await browser.visit(address);
        type(`${(await browser.submit(login.url, visitor)).url}\n`);
      }),
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("Sign-in works") });
  });

  test("nothing pasted, the input at its end", async () => {
    const { code, stdout } = await signIn(["--paste"], { input: "" });
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringContaining("SIGN_IN_ADDRESS_UNUSABLE"),
    });
  });
});

describe("where the fault is", () => {
  test("--differential on a set that works", async () => {
    const { code, stdout, stderr } = await signIn([...asVisitor, "--differential"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/redeemed at Salesforce +works[\s\S]*redeemed by Genesys +works[\s\S]*healthy/);
    expect(stderr).toMatch(/^✔ Salesforce redemption /m);
    expect(stderr).toMatch(/^✔ Genesys +exchange /m);
  });

  test("--differential where Genesys alone refuses", async () => {
    faults.on("client-secret-differs");
    const { code, stdout } = await signIn([...asVisitor, "--differential", "--json"]);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      differential: {
        direct: { ok: true, idToken: { alg: "RS256" } },
        throughGenesys: { ok: false, failed: { code: "SIGN_IN_EXCHANGE_REFUSED" } },
        verdict: {
          reading: "genesysAlone",
          members: ["credential", "integration", "configuration", "ECA", "deployment"],
        },
      },
    });
  });

  test("--negative needs no user", async () => {
    const { code, stdout, stderr } = await signIn(["--negative"], {});
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining("Does Genesys know the deployment?"),
    });
    expect(stdout).toMatch(/cannot tell +Does the exchange know the deployment\? \(401 unauthorized\)/);
    expect(stdout).toContain("whether Genesys holds the same secret");
    faults.on("client-secret-rotated");
    const rotated = await signIn(["--negative", "--json"], {});
    expect(rotated.code).toBe(3);
    expect(JSON.parse(rotated.stdout).negative).toMatchObject({ ok: false, tried: true });
  });

  test("--negative while a vendor is down", async () => {
    faults.on("bad-gateway", { vendor: "genesys" });
    const { code, stdout } = await signIn(["--negative", "--json"], {});
    expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 1, error: "SIGN_IN_UNAVAILABLE" });
  });
});

test.each([
  ["nobody named, no terminal", []],
  ["two at once", ["--user", "a", "--browser"]],
  ["a user for nothing", ["--negative", "--user", "a"]],
  ["two kinds of check", ["--negative", "--differential"]],
  ["no number", ["--browser", "--wait", "soon"]],
])("a wrong command line, %s: exit code 64", async (_what, args) => {
  expect(await amsg(["sign-in", ...args])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining("error: "),
  });
});

test("a wrong command line, for programs", async () => {
  const { code, stdout } = await amsg(["diagnose", "--only", "nonsense", "--json"]);
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({
    code: 64,
    version: 1,
    error: { code: "COMMAND_LINE_WRONG", what: expect.stringContaining("no cause NONSENSE") },
  });
});

let started: ReturnType<typeof startChromium> | undefined;
function chromium() {
  started ??= startChromium();
  return started;
}

/** Acts on each address to sign in at, once, and one after the other: a browser has one page. */
function byAddress(act: (address: string, type: (text: string) => void) => unknown): AmsgOptions["onOutput"] {
  let seen = 0;
  let last: Promise<unknown> = Promise.resolve();
  return ({ stderr }, type) => {
    const addresses = [...stderr.matchAll(/^ {2}(http\S+)\n/gm)].map(([, address = ""]) => address);
    for (const address of addresses.slice(seen)) last = last.then(() => act(address, type));
    seen = addresses.length;
  };
}

async function logInAt(page: Page): Promise<void> {
  await page.getByLabel("Username").fill(visitor.username);
  await page.getByLabel("Password").fill(visitor.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "You are signed in" }).waitFor();
}

/** Signs in as a person does, and is sent back. */
async function comeBack(authorizeUrl: string): Promise<void> {
  const browser = new Browser();
  const login = await browser.visit(authorizeUrl);
  await fetch((await browser.submit(login.url, visitor)).url);
}
