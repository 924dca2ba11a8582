import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as accounts from "../../sandbox/accounts.ts";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { freePorts, portsInARow } from "../freePorts.ts";
import { credentialBody, logIn, send } from "./genesysOrg.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sandbox-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function isUp(url: string): Promise<boolean> {
  return fetch(`${url}/_sandbox/health`).then(
    () => true,
    () => false,
  );
}

async function addCredential(genesysUrl: string): Promise<void> {
  const { body } = await logIn(genesysUrl, accounts.genesysClient);
  const headers = { authorization: `Bearer ${body.access_token}` };
  await send(`${genesysUrl}/api/v2/integrations/credentials`, "POST", credentialBody("c"), headers);
}

const credentialsAt = async (genesysUrl: string) =>
  (await send(`${genesysUrl}/_sandbox/objects`, "GET")).body.credentials;

describe("in-process", () => {
  test("both vendors and the web page listen on loopback until stopped", async () => {
    const sandbox = await startSandbox();
    const { salesforceUrl, genesysUrl, webPageUrl } = sandbox;
    for (const url of [salesforceUrl, genesysUrl, webPageUrl])
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    for (const [vendor, url] of Object.entries({ salesforce: salesforceUrl, genesys: genesysUrl })) {
      expect((await send(`${url}/_sandbox/health`, "GET")).body).toEqual({
        sandbox: "authenticated-messaging",
        vendor,
        org: "dev",
      });
    }
    expect((await fetch(webPageUrl)).status).toBe(200);
    await sandbox.stop();
    expect(await Promise.all([salesforceUrl, genesysUrl, webPageUrl].map(isUp))).toEqual([
      false,
      false,
      false,
    ]);
  });

  test("requests are logged by vendor, for tests too", async () => {
    const sandbox = await startSandbox();
    await addCredential(sandbox.genesysUrl);
    expect(sandbox.genesys.log.entries.map(({ path }) => path)).toEqual([
      "/oauth/token",
      "/api/v2/integrations/credentials",
    ]);
    expect(sandbox.salesforce.log.count()).toBe(0);
    await sandbox.stop();
  });

  test("state in a folder is there after a restart, state in memory is not", async () => {
    for (const [data, expected] of [
      [folder, 1],
      [undefined, 0],
    ] as const) {
      const first = await startSandbox({ data });
      await addCredential(first.genesysUrl);
      await first.stop();
      const second = await startSandbox({ data });
      expect(await credentialsAt(second.genesysUrl)).toBe(expected);
      await second.stop();
    }
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("faults that are on stay on over a restart, and can be switched off afterwards", async () => {
    const first = await startSandbox({ data: folder });
    await addCredential(first.genesysUrl);
    const secretsOf = ({ genesys }: Sandbox) =>
      Object.values(genesys.store.state.credentials).map(({ fields }) => fields.clientSecret);
    const [secret] = secretsOf(first);
    first.faults.on("client-secret-differs");
    first.faults.on("credential-ghost");
    first.faults.on("rate-limited", { match: "GET /api/v2", nth: 7 });
    await first.stop();

    const second = await startSandbox({ data: folder });
    expect(second.faults.names).toEqual(["client-secret-differs", "credential-ghost", "rate-limited"]);
    expect(secretsOf(second)).not.toEqual([secret]);
    second.faults.allOff();
    await second.stop();

    const third = await startSandbox({ data: folder });
    expect(third.faults.idle).toBe(true);
    expect(secretsOf(third)).toEqual([secret]);
    await third.stop();
  });

  test("switching a fault off does not set back what somebody else has written since", async () => {
    const sandbox = await startSandbox();
    await addCredential(sandbox.genesysUrl);
    const [credential] = Object.values(sandbox.genesys.store.state.credentials);
    sandbox.faults.on("client-secret-differs");
    Object.assign(credential ?? {}, { fields: { clientId: "client", clientSecret: "put right by hand" } });
    sandbox.faults.off("client-secret-differs");
    expect(credential?.fields.clientSecret).toBe("put right by hand");
    await sandbox.stop();
  });

  test("a port in use is named, and nothing is left running", async () => {
    const [free] = await freePorts(1);
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const { port } = blocker.address() as { port: number };
    const starting = startSandbox({ ports: { salesforce: free, genesys: port } });
    await expect(starting).rejects.toMatchObject({
      code: "EADDRINUSE",
      message: expect.stringContaining(`${port}`),
    });
    expect(await isUp(`http://127.0.0.1:${free}`)).toBe(false);
    blocker.close();
  });

  test("stopping does not wait for clients that keep their connection", async () => {
    const sandbox = await startSandbox();
    await send(`${sandbox.genesysUrl}/_sandbox/health`, "GET", undefined, { connection: "keep-alive" });
    const started = Date.now();
    await sandbox.stop();
    expect(Date.now() - started).toBeLessThan(1_000);
  });
});

describe("as a process", () => {
  const main = fileURLToPath(new URL("../../sandbox/main.ts", import.meta.url));
  const node = fileURLToPath(new URL("../../node_modules/.bin/node", import.meta.url));
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  function run(...flags: string[]): ChildProcess {
    const child = spawn(node, [main, ...flags], { cwd: folder });
    children.push(child);
    return child;
  }

  async function outcome(child: ChildProcess) {
    const [out, errors] = [
      text(child.stdout as NodeJS.ReadableStream),
      text(child.stderr as NodeJS.ReadableStream),
    ];
    const [code, signal] = await once(child, "close");
    return { code, signal, out: await out, errors: await errors };
  }

  const ports = async () => {
    const [salesforce, genesys, webPage] = await freePorts(3);
    const flags = [
      `--salesforce-port=${salesforce}`,
      `--genesys-port=${genesys}`,
      `--web-page-port=${webPage}`,
    ];
    return { genesys, flags };
  };

  test.each(["SIGINT", "SIGTERM"] as const)(
    "says where it listens and stops cleanly on %s",
    async (signal) => {
      const { genesys, flags } = await ports();
      const child = run(...flags);
      const done = outcome(child);
      await upWithin(`http://127.0.0.1:${genesys}`, 20_000);
      await addCredential(`http://127.0.0.1:${genesys}`);
      child.kill(signal);
      const { code, out, errors } = await done;
      expect([code, errors]).toEqual([0, ""]);
      expect(out).toContain(`http://127.0.0.1:${genesys}`);
      expect(out).toContain(accounts.genesysClient.clientSecret);
      expect(readdirSync(join(folder, ".sandbox", "data"))).toContain("genesys.json");
    },
  );

  test("what was answered before kill -9 is there after a restart", async () => {
    const { genesys, flags } = await ports();
    const child = run("--data", folder, ...flags);
    await upWithin(`http://127.0.0.1:${genesys}`, 20_000);
    for (let made = 0; made < 5; made += 1) await addCredential(`http://127.0.0.1:${genesys}`);
    // Some more are under way.
    const others = Promise.allSettled([1, 2, 3].map(() => addCredential(`http://127.0.0.1:${genesys}`)));
    child.kill("SIGKILL");
    await Promise.all([others, once(child, "close")]);
    const again = await startSandbox({ data: folder });
    expect(await credentialsAt(again.genesysUrl)).toBeGreaterThanOrEqual(5);
    await again.stop();
  });

  test("a port in use: what, evidence, what to do; exit code 1", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const { port } = blocker.address() as { port: number };
    const { flags } = await ports();
    const { code, errors } = await outcome(run("--memory", ...flags, `--genesys-port=${port}`));
    blocker.close();
    expect(code).toBe(1);
    expect(errors).toContain("SANDBOX_PORT_IN_USE");
    const owner = process.platform === "linux" ? ` It is process ${process.pid} (` : "";
    expect(errors).toContain(`evidence: Port ${port} on 127.0.0.1 is already in use.${owner}`);
    expect(errors).toContain("next: ");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("with --json: where it listens, or what is wrong, as one object; another sandbox is named", async () => {
    const { genesys, flags } = await ports();
    const child = run("--memory", "--json", ...flags);
    const [out] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    expect(JSON.parse(String(out))).toMatchObject({
      version: 1,
      urls: { genesys: `http://127.0.0.1:${genesys}` },
    });
    const second = await outcome(run("--memory", "--json", ...flags, "--salesforce-port=0"));
    expect(second.code).toBe(1);
    expect(second.errors).toMatch(/It is the (genesys|webPage) server of another sandbox, org dev/);
    expect(JSON.parse(second.out)).toMatchObject({ version: 1, error: { code: "SANDBOX_PORT_IN_USE" } });
  });

  test("--port moves all three, but not one that has a port of its own; faults still on are named", async () => {
    const first = await portsInARow(3);
    const [own] = await freePorts(1);
    const sandbox = await startSandbox({ data: folder });
    sandbox.faults.on("slow-answer");
    await sandbox.stop();
    const child = run("--data", folder, `--port=${first}`, `--web-page-port=${own}`);
    const done = outcome(child);
    await upWithin(`http://127.0.0.1:${own}`, 20_000);
    child.kill("SIGTERM");
    const { out } = await done;
    for (const port of [first, first + 1, own]) expect(out).toContain(`http://127.0.0.1:${port}`);
    expect(out).toContain("Faults that are still on: slow-answer.");
  });

  test("--orgs: each with its own ports, three after three, and its own log-ins", async () => {
    const first = await portsInARow(6);
    const child = run("--memory", "--json", `--port=${first}`, "--orgs=dev,staging");
    const [out] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    const { urls, orgs } = JSON.parse(String(out));
    expect(urls).toEqual(orgs.dev.urls);
    expect(orgs.staging.urls).toEqual({
      salesforce: `http://127.0.0.1:${first + 3}`,
      genesys: `http://127.0.0.1:${first + 4}`,
      webPage: `http://127.0.0.1:${first + 5}`,
    });
    expect(orgs.dev.logIns).toEqual({ ...accounts });
    expect(orgs.staging.logIns.genesysClient.clientId).toBe("sandbox-staging-genesys-client");
    for (const names of ["dev,dev", "Dev", "dev,", "../dev"]) {
      expect((await outcome(run(`--orgs=${names}`))).errors).toContain("Give different names");
    }
  });

  test("a folder that cannot be used is an error too", async () => {
    const { flags } = await ports();
    const { code, errors } = await outcome(run(...flags, "--data", "/dev/null/data"));
    expect(code).toBe(1);
    expect(errors).toContain("SANDBOX_NOT_STARTED");
    expect(errors).toContain("/dev/null/data");
  });

  test("flags are explained with examples, and checked", async () => {
    const help = await outcome(run("--help"));
    expect(help.code).toBe(0);
    expect(help.out).toContain("npm run sandbox -- --memory");
    const wrong = await outcome(run("--genesys-port", "many"));
    expect(wrong.code).toBe(1);
    expect(wrong.errors).toContain("whole number from 0 to 65535");
    expect((await outcome(run("--profile", "slow"))).code).toBe(1);
  });
});

/** Polls until something answers there. */
async function upWithin(url: string, ms: number): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await isUp(url))) {
    if (Date.now() > deadline) throw new Error(`Nothing listens at ${url} after ${ms} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
