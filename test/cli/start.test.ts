import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test as plainTest } from "vitest";
import { startSandbox } from "../../sandbox/sandbox.ts";
import { freePorts } from "../freePorts.ts";

interface Ports {
  salesforce: number;
  genesys: number;
  webPage: number;
}

const runMs = 120_000;

/** Tests with a folder for the state, and with ports that are free. */
const test = plainTest.extend<{ folder: string; ports: Ports }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of the fixtures from here
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), "start-test-"));
    await use(folder);
    rmSync(folder, { recursive: true });
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  ports: async ({}, use) => {
    const [salesforce = 0, genesys = 0, webPage = 0] = await freePorts(3);
    await use({ salesforce, genesys, webPage });
  },
});

test("from nothing to a proven sign-in; a second start on a terminal changes nothing and stays up until Ctrl-C", {
  timeout: runMs,
}, async ({ folder, ports }) => {
  // What leads to a real org must not be used.
  const realOrg = {
    SALESFORCE_INSTANCE_URL: "https://acme.invalid",
    GENESYSCLOUD_OAUTHCLIENT_SECRET: "real-secret",
  };
  const first = await ended(start(folder, ports, ["--json"], realOrg));
  expect(first.code, first.stderr).toBe(0);
  const result = JSON.parse(first.stdout);
  expect(result).toMatchObject({
    version: 1,
    urls: { webPage: `http://127.0.0.1:${ports.webPage}` },
    pageContract: {
      redirectUri: `http://127.0.0.1:${ports.webPage}/signed-in`,
      pkce: { required: true, method: "S256" },
    },
    signIn: { ok: true },
  });
  expect(result.members.map(({ member }: { member: string }) => member)).toEqual([
    "ECA",
    "credential",
    "integration",
    "configuration",
    "deployment",
  ]);
  expect(await answers(ports)).toBe(false);

  const second = startOnTerminal(folder, ports);
  await second.shows("Ctrl-C stops the sandbox.");
  expect(second.output()).toContain("Set by `pulumi up`: 7 unchanged");
  expect(second.output()).toContain(result.pageContract.deploymentId);
  expect(await answers(ports)).toBe(true);
  second.press("\u0003");
  expect(await second.end()).toBe(130);
  expect(second.output()).toContain("Interrupted (SIGINT): all that was started is stopped.");
  expect(await answers(ports)).toBe(false);
});

test("Ctrl-C in the middle leaves nothing running and a state that the next start goes on with", {
  timeout: runMs,
}, async ({ folder, ports }) => {
  const child = start(folder, ports, ["--json"]);
  const run = ended(child);
  await shown(child, "ExternalClientApp messaging-app creating");
  // Twice, as a terminal and npm do it.
  child.kill("SIGINT");
  child.kill("SIGINT");
  const interrupted = await run;
  expect(interrupted.code).toBe(130);
  expect(interrupted.stderr).toContain("Interrupted (SIGINT)");
  expect(JSON.parse(interrupted.stdout)).toMatchObject({ version: 1, error: { code: "INTERRUPTED" } });
  expect(await answers(ports)).toBe(false);
  expect(locks(folder)).toEqual([]);

  const next = await ended(start(folder, ports));
  expect(next.code, next.stderr).toBe(0);
  expect(next.stdout).toContain("Sign-in works");
  const { salesforce, genesys, webPage } = ports;
  expect(next.stdout).toContain(
    `npm run sandbox -- --salesforce-port ${salesforce} --genesys-port ${genesys} --web-page-port ${webPage} --data '${folder}/data'`,
  );
});

test("a sandbox that runs already is used and left running", { timeout: runMs }, async ({
  folder,
  ports,
}) => {
  const sandbox = await startSandbox({ ports });
  onTestFinished(() => sandbox.stop());
  const { code, stdout, stderr } = await ended(start(folder, ports));
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("The sandbox was running before and keeps running.");
  expect(await answers(ports)).toBe(true);
  const contract = await fetch(`${sandbox.webPageUrl}/page-contract.json`);
  expect(await contract.json()).toMatchObject({ genesysApiUrl: sandbox.genesysUrl });
});

test("a port that is in use is named, and nothing stays running", async ({ folder, ports }) => {
  const other = createServer();
  other.listen(ports.genesys, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  const { code, stdout, stderr } = await ended(start(folder, ports, ["--json"]));
  expect(code).toBe(1);
  expect(stderr).toContain("START_NO_SANDBOX");
  expect(stderr).toContain(`Port ${ports.genesys} on 127.0.0.1 is already in use`);
  expect(stderr).toContain("next: If a port is in use");
  expect(JSON.parse(stdout)).toMatchObject({ version: 1, error: { code: "START_NO_SANDBOX" } });
});

test("a wrong command line is refused at once", async ({ folder, ports }) => {
  const { code, stderr } = await ended(start(folder, ports, ["--genesys-port", "many"]));
  expect(code).toBe(64);
  expect(stderr).toContain("whole number from 1 to 65535");
});

test("the lock of a run that was killed: the error says how to remove it", { timeout: runMs }, async ({
  folder,
  ports,
}) => {
  const locked = join(folder, "pulumi", ".pulumi", "locks", "organization", "authenticated-messaging", "dev");
  mkdirSync(locked, { recursive: true });
  const lock = { pid: 1, username: "someone", hostname: "elsewhere", timestamp: "2026-01-01T00:00:00Z" };
  writeFileSync(join(locked, "f0f0f0f0-0000-4000-8000-000000000000.json"), JSON.stringify(lock));
  const { code, stderr } = await ended(start(folder, ports));
  expect(code).toBe(1);
  expect(stderr).toContain("START_STACK_LOCKED");
  expect(stderr).toContain("someone@elsewhere");
  expect(stderr).toContain(
    `PULUMI_BACKEND_URL='file://${folder}/pulumi' PULUMI_CONFIG_PASSPHRASE='sandbox-only' npx pulumi cancel --stack dev --yes`,
  );
});

function commandLine(folder: string, ports: Ports): string[] {
  const flags = [
    "--salesforce-port",
    ports.salesforce,
    "--genesys-port",
    ports.genesys,
    "--web-page-port",
    ports.webPage,
  ];
  return ["cli/start.ts", "--folder", folder, ...flags.map(String)];
}

function start(
  folder: string,
  ports: Ports,
  flags: string[] = [],
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  const child = spawn(process.execPath, [...commandLine(folder, ports), ...flags], {
    env: { ...process.env, ...env },
  });
  endWithTest(child);
  return child;
}

/** A test that fails half-way leaves nothing running either. */
function endWithTest(child: ChildProcess): void {
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  });
}

async function ended(child: ChildProcess) {
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout: stdout(), stderr: stderr() };
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = "";
  stream?.setEncoding("utf8").on("data", (part) => {
    text += part;
  });
  return () => text;
}

async function shown(child: ChildProcess, text: string): Promise<void> {
  const stderr = collect(child.stderr);
  const isOver = () => child.exitCode !== null || stderr().includes(text);
  await expect.poll(isOver, { timeout: 60_000, interval: 20 }).toBe(true);
  expect(stderr()).toContain(text);
}

/** The system's `script` gives the command a terminal. */
function startOnTerminal(folder: string, ports: Ports) {
  // A terminal of its own has no size yet.
  const command = `stty cols 120 rows 40; ${[process.execPath, ...commandLine(folder, ports)].join(" ")}`;
  const args =
    process.platform === "darwin" ? ["-q", "/dev/null", "sh", "-c", command] : ["-qec", command, "/dev/null"];
  const child = spawn("script", args);
  endWithTest(child);
  const output = collect(child.stdout);
  return {
    output,
    shows: (text: string) => expect.poll(output, { timeout: 60_000 }).toContain(text),
    press: (keys: string) => child.stdin.write(keys),
    end: async () => child.exitCode ?? (await once(child, "close"))[0],
  };
}

async function answers({ salesforce, genesys, webPage }: Ports): Promise<boolean> {
  const asked = [salesforce, genesys, webPage].map((port) =>
    fetch(`http://127.0.0.1:${port}/_sandbox/health`),
  );
  return (await Promise.allSettled(asked)).some(({ status }) => status === "fulfilled");
}

function locks(folder: string): string[] {
  return readdirSync(join(folder, "pulumi", ".pulumi", "locks"), {
    recursive: true,
    encoding: "utf8",
  }).filter((name) => name.endsWith(".json"));
}
