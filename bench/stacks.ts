/** The programs that are measured, each with a stack and a state of its own in a temporary folder. */
import { spawn } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import type { Sandbox } from "../sandbox/sandbox.ts";

const root = resolve(import.meta.dirname, "..");
const bin = join(root, "node_modules", ".bin");
const config = "Pulumi.bench.yaml";

/** One program, ready to be run by Pulumi. */
export interface Stack {
  /** Runs a Pulumi command. @throws Error with all that it printed, when its exit code is not 0 */
  pulumi(...command: string[]): Promise<void>;
}

/** The set in a sandbox of its own, run by one of the two provider hosts. */
export interface SetStack extends Stack {
  sandbox: Sandbox;
  /** The script by which the engine starts the provider host. */
  launcher: string;
  /** Where the engine starts it, and with which environment variables. */
  program: string;
  environment: NodeJS.ProcessEnv;
}

/** The measure for the others: a program without resources. */
export async function emptyStack(folder: string, signal: AbortSignal): Promise<Stack> {
  const environment = environmentOf(folder);
  await initStack(folder, "empty", environment, signal);
  return runIn(join(root, "bench", "emptyProgram"), folder, environment, signal);
}

/** As in the checkout: the host that Pulumi.yaml names. */
export function ownHostStack(sandbox: Sandbox, folder: string, signal: AbortSignal): Promise<SetStack> {
  const launcher = join(root, "providers", "host", "pulumi-resource-pulumi-nodejs");
  return setStack(root, launcher, sandbox, folder, signal);
}

/** The same program without the entry for our own host, so that Pulumi takes the one that comes with its SDK. */
export async function stockHostStack(
  sandbox: Sandbox,
  folder: string,
  signal: AbortSignal,
): Promise<SetStack> {
  const project = join(folder, "project");
  await mkdir(project, { recursive: true });
  const text = await readFile(join(root, "Pulumi.yaml"), "utf8");
  const stock = text
    .replace(/^plugins:\n(?: .*\n)+/m, "")
    .replace(/^main: (\S+)$/m, (_line, main) => `main: ${join(root, main)}`);
  if (stock.includes("plugins:")) throw new Error("Pulumi.yaml still names plugins.");
  await writeFile(join(project, "Pulumi.yaml"), stock);
  const launcher = join(root, "node_modules", "@pulumi", "pulumi", "pulumi-resource-pulumi-nodejs");
  return setStack(project, launcher, sandbox, folder, signal);
}

async function setStack(
  project: string,
  launcher: string,
  sandbox: Sandbox,
  folder: string,
  signal: AbortSignal,
): Promise<SetStack> {
  const environment = environmentOf(folder);
  await initStack(folder, "authenticated-messaging", environment, signal);
  await cp(join(root, "Pulumi.dev.yaml"), join(folder, config));
  const stack = runIn(project, folder, environment, signal);
  await stack.pulumi("config", "set", "salesforceInstanceUrl", sandbox.salesforceUrl);
  await stack.pulumi("config", "set", "genesysGatewayUrl", sandbox.genesysUrl);
  return { ...stack, sandbox, launcher, program: join(root, "program"), environment };
}

/** `stack init` writes the stack's file beside the Pulumi.yaml that it is run with, and must not do so in the checkout. */
async function initStack(
  folder: string,
  project: string,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
  await run(["stack", "init", "bench", "--no-select", "--non-interactive"], folder, environment, signal);
}

function runIn(project: string, folder: string, environment: NodeJS.ProcessEnv, signal: AbortSignal): Stack {
  const stack = ["--stack", "bench", "--non-interactive", "--config-file", join(folder, config)];
  return { pulumi: (...command) => run([...command, ...stack], project, environment, signal) };
}

function run(
  args: string[],
  cwd: string,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
  signal.throwIfAborted();
  const child = spawn(join(bin, "pulumi"), args, { cwd, env: environment, stdio });
  // Not spawn's own `signal`: that would not wait until all that writes to the folder has ended.
  const interrupt = () => child.kill("SIGINT");
  signal.addEventListener("abort", interrupt, { once: true });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => {
      signal.removeEventListener("abort", interrupt);
      if (code === 0) done();
      else fail(new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`));
    });
  });
}

/** Nothing of the developer's own settings; compiled code is kept per program, as it is on a developer's machine. */
function environmentOf(folder: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(PULUMI|GENESYSCLOUD|SALESFORCE)_/.test(name),
  );
  return {
    ...Object.fromEntries(own),
    ...(process.env.PULUMI_HOME ? { PULUMI_HOME: process.env.PULUMI_HOME } : {}),
    PATH: [bin, process.env.PATH].join(delimiter),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "sandbox-only",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    NODE_COMPILE_CACHE: join(folder, "compiled"),
  };
}
