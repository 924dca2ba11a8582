/**
 * Measures the five-member stack against an empty Pulumi program, both in one run on the same machine. Ratios are
 * what counts: seconds differ from machine to machine. Uses the sandbox; takes about a minute.
 */
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { startSandbox } from "../sandbox/sandbox.ts";
import { watchProviderHosts } from "./processes.ts";

const rounds = 5;
const root = resolve(import.meta.dirname, "..");
const passphrase = "sandbox-only";

interface Bound {
  what: string;
  measured: number;
  atMost: number;
  unit: string;
}

const folder = await mkdtemp(join(tmpdir(), "authenticated-messaging-bench-"));
const sandbox = await startSandbox();
try {
  report(await measure());
} finally {
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measure(): Promise<Bound[]> {
  await prepareStacks();
  const create = await inTurn(
    () => seconds("empty", "up", "--yes", "--skip-preview"),
    () => seconds("set", "up", "--yes", "--skip-preview"),
    () => seconds("set", "destroy", "--yes", "--skip-preview"),
  );
  await pulumi("set", "up", "--yes", "--skip-preview");
  const preview = await inTurn(
    () => seconds("empty", "preview"),
    () => seconds("set", "preview"),
  );
  const refreshed = await inTurn(
    () => seconds("empty", "preview", "--refresh"),
    () => seconds("set", "preview", "--refresh"),
  );
  const { requestsToCreate, requestsToRefresh, megabytes } = await count();

  return [
    { what: "preview", measured: ratio("preview", preview), atMost: 2.2, unit: "times the empty program's" },
    {
      what: "up --skip-preview that creates all",
      measured: ratio("up that creates all", create),
      atMost: 4,
      unit: "times the empty program's",
    },
    {
      what: "preview --refresh",
      measured: ratio("preview --refresh", refreshed),
      atMost: 3,
      unit: "times the empty program's",
    },
    { what: "HTTP requests to create the set", measured: requestsToCreate, atMost: 31, unit: "" },
    { what: "HTTP requests to refresh the set", measured: requestsToRefresh, atMost: 12, unit: "" },
    { what: "peak memory of the provider host", measured: megabytes, atMost: 250, unit: "MB" },
  ];
}

/** Requests and memory, in runs of their own: watching processes takes time. */
async function count() {
  await pulumi("set", "destroy", "--yes", "--skip-preview");
  const hosts = watchProviderHosts();
  clearRequests();
  await pulumi("set", "up", "--yes", "--skip-preview");
  const requestsToCreate = requests();
  clearRequests();
  await pulumi("set", "preview", "--refresh");
  const requestsToRefresh = requests();
  console.log(
    `requests to create: Salesforce ${requestsToCreate.salesforce}, Genesys ${requestsToCreate.genesys}`,
  );
  console.log(
    `requests to refresh: Salesforce ${requestsToRefresh.salesforce}, Genesys ${requestsToRefresh.genesys}\n`,
  );
  return {
    requestsToCreate: requestsToCreate.total,
    requestsToRefresh: requestsToRefresh.total,
    megabytes: hosts.stop() / 1e6,
  };
}

/** Two programs, each with a stack and a state of its own in the temporary folder; nothing is written to the checkout. */
async function prepareStacks(): Promise<void> {
  await initStack("empty", "empty");
  await initStack("set", "authenticated-messaging");
  await cp(join(root, "Pulumi.dev.yaml"), configurationOf("set"));
  await pulumi("set", "config", "set", "salesforceInstanceUrl", sandbox.salesforceUrl);
  await pulumi("set", "config", "set", "genesysGatewayUrl", sandbox.genesysUrl);
}

/** `stack init` writes the stack's file beside the Pulumi.yaml that it is run with. */
async function initStack(program: Program, project: string): Promise<void> {
  await mkdir(join(folder, program));
  await writeFile(join(folder, program, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
  await run(program, join(folder, program), ["stack", "init", "bench", "--no-select", "--non-interactive"]);
}

function configurationOf(program: Program): string {
  return join(folder, program, "Pulumi.bench.yaml");
}

type Program = "empty" | "set";

/** Runs the measurements in turn, so that a busy moment of the machine hits both programs alike. */
async function inTurn(
  empty: () => Promise<number>,
  set: () => Promise<number>,
  after?: () => Promise<number>,
) {
  const times = { empty: [] as number[], set: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const took = { empty: await empty(), set: await set() };
    await after?.();
    // The first round fills caches.
    if (round === 0) continue;
    times.empty.push(took.empty);
    times.set.push(took.set);
  }
  return times;
}

function ratio(what: string, { empty, set }: { empty: number[]; set: number[] }): number {
  console.log(`${what}: empty ${median(empty).toFixed(2)} s, set ${median(set).toFixed(2)} s`);
  return median(set) / median(empty);
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function seconds(program: Program, ...command: string[]): Promise<number> {
  const began = performance.now();
  await pulumi(program, ...command);
  return (performance.now() - began) / 1000;
}

function pulumi(program: Program, ...command: string[]): Promise<void> {
  const cwd = program === "set" ? root : join(root, "bench", "emptyProgram");
  const stack = ["--stack", "bench", "--non-interactive", "--config-file", configurationOf(program)];
  return run(program, cwd, [...command, ...stack]);
}

function run(program: Program, cwd: string, args: string[]): Promise<void> {
  const command = join(root, "node_modules", ".bin", "pulumi");
  const child = spawn(command, args, { cwd, env: environment(program), stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("exit", (code) =>
      code === 0 ? done() : fail(new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`)),
    );
  });
}

function environment(program: Program): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(PULUMI|GENESYSCLOUD|SALESFORCE)_/.test(name),
  );
  return {
    ...Object.fromEntries(own),
    ...(process.env.PULUMI_HOME ? { PULUMI_HOME: process.env.PULUMI_HOME } : {}),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    NODE_COMPILE_CACHE: join(folder, `compiled-${program}`),
  };
}

function clearRequests(): void {
  sandbox.salesforce.log.clear();
  sandbox.genesys.log.clear();
}

function requests() {
  const [salesforce, genesys] = [sandbox.salesforce.log.count(), sandbox.genesys.log.count()];
  return { salesforce, genesys, total: salesforce + genesys };
}

function report(bounds: Bound[]): void {
  for (const { what, measured, atMost, unit } of bounds) {
    const number = Number.isInteger(measured) ? String(measured) : measured.toFixed(2);
    console.log(
      `${measured <= atMost ? "kept  " : "BROKEN"}  ${what}: ${number} ${unit} (at most ${atMost})`,
    );
  }
  console.log(
    `\n${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`,
  );
  if (bounds.some(({ measured, atMost }) => measured > atMost)) process.exitCode = 1;
}
