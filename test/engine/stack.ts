import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, vi } from "vitest";
import { binFolder } from "../../tools/pulumiCli.mjs";

export const checkout = join(import.meta.dirname, "..", "..");

/** A command of the CLI takes 2 to 4 seconds on an idle machine, and a test runs several. Scripts have no limit. */
if (process.env.VITEST) vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const commandDeadlineMs = 120_000;
const stackName = "test";
const namesFromOutside = ["HOME", "PATH", "PULUMI_HOME", "TMPDIR", "LANG", "NODE_EXTRA_CA_CERTS"];

/** What one command of the CLI did. */
export interface Run {
  /** 0 done, 7 `--expect-no-changes` met changes, others failed. */
  code: number;
  stdout: string;
  stderr: string;
}

/** One thing that a command did, or would do, to one resource. */
export interface Step {
  op: string;
  urn: string;
}

/** One resource in the state. */
export interface Resource {
  urn: string;
  id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read members of many kinds of JSON
  outputs?: any;
}

/** Who runs the providers: this project's own host, or the one that comes with Pulumi. */
export type Host = "own" | "stock";

/** The host of the engine tests that name none. */
export const usualHost = (process.env.TEST_PROVIDER_HOST ?? "own") as Host;

export interface StackOptions {
  /** Folder with the Pulumi.yaml. Default: the checkout. */
  program?: string;
  host?: Host;
  /** Stack configuration, by key without the project's name. */
  settings: object;
  /** Environment variables besides those that the CLI itself needs. */
  environment?: Record<string, string>;
}

/**
 * Makes a stack that lives as long as the test file. The real CLI runs the program where it is; the state, the
 * settings and everything else that is written lie in a temporary folder.
 * @param atEnd takes what ends the stack and removes all that is its
 */
export async function openStack(
  { program = checkout, host = usualHost, settings, environment = {} }: StackOptions,
  atEnd: (close: () => Promise<void>) => void = afterAll,
) {
  const folder = await mkdtemp(join(tmpdir(), "engine-"));
  const running = new Set<ChildProcess>();
  atEnd(async () => {
    for (const child of running) endTree(child);
    await rm(folder, { recursive: true, force: true });
  });
  const file = join(folder, `Pulumi.${stackName}.yaml`);
  const project = await projectOf(program);
  const env = environmentOf(folder, environment);
  const projects = { own: program, stock: await withoutOwnHost(program, folder) };
  let present = host;
  const call = (cwd: string, args: readonly string[], input?: string) =>
    pulumi({ cwd, env, args: [...args, "--non-interactive", "--color", "never"], input, running });
  const run = (...args: string[]) =>
    call(projects[present], [...args, "--stack", stackName, "--config-file", file]);

  // `stack init` writes the settings file beside the Pulumi.yaml it is run with, and must not do so in the checkout.
  await writeFile(join(folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
  await succeeded(call(folder, ["stack", "init", stackName, "--no-select"]));
  const salt = await readFile(file, "utf8");

  const latest = async () => JSON.parse(await readFile(stack.stateFile, "utf8")).checkpoint.latest;
  const stack = {
    name: stackName,
    /** Where the file backend keeps the state. */
    stateFolder: join(folder, ".pulumi"),
    /** The state itself. */
    stateFile: join(folder, ".pulumi", "stacks", project, `${stackName}.json`),
    /** The commands that are running. */
    running: running as ReadonlySet<ChildProcess>,
    /** The stack configuration, for commands that read it besides Pulumi. */
    configFile: file,
    /** Replaces the whole stack configuration. */
    async configure(wanted: object) {
      const named = Object.entries(wanted).map(([key, value]) => [`${project}:${key}`, value]);
      await writeFile(file, `${salt}config: ${JSON.stringify(Object.fromEntries(named))}\n`);
    },
    /** Has another host run the providers from now on. */
    changeHost(other: Host) {
      present = other;
    },
    /** The environment variables of every command. */
    environment: env as Readonly<Environment>,
    /** Changes environment variables for the commands that follow. */
    setEnvironment(changes: Record<string, string>) {
      Object.assign(env, changes);
    },
    /** Sets one secret of the stack configuration; the value never is an argument of a process. */
    setSecret: (key: string, value: string) =>
      succeeded(
        call(program, ["config", "set", "--secret", key, "--stack", stackName, "--config-file", file], value),
      ),
    up: (...flags: string[]) => run("up", "--yes", "--skip-preview", ...flags),
    preview: (...flags: string[]) => run("preview", ...flags),
    refresh: (...flags: string[]) => run("refresh", "--yes", "--skip-preview", ...flags),
    destroy: (...flags: string[]) => run("destroy", "--yes", "--skip-preview", ...flags),
    /** Ctrl-C on the terminal of all commands that are running. */
    interrupt() {
      for (const { pid } of running) if (pid !== undefined) process.kill(-pid, "SIGINT");
    },
    /** Removes the lock of a command that was killed. */
    cancel: () => call(program, ["cancel", "--yes", stackName]),
    /** Takes over the objects that a file names, as `pulumi import --file` does; no code is generated. */
    async import(file: object) {
      const path = join(folder, "import.json");
      await writeFile(path, JSON.stringify(file));
      return run(
        "import",
        "--file",
        path,
        "--yes",
        "--skip-preview",
        "--generate-code=false",
        "--protect=false",
      );
    },
    /** Marks a resource to be replaced by the next `up`. */
    taint: (urn: string) => call(program, ["state", "taint", urn, "--yes", "--stack", stackName]),
    /** The URN of the resource with this name, as the state has it. */
    async urn(name: string): Promise<string> {
      const found = (await stack.resources()).find(({ urn }) => nameOf(urn) === name);
      if (found === undefined) throw new Error(`No resource ${name} in the state.`);
      return found.urn;
    },
    /** The resources in the state, read where the CLI keeps it; secrets in it are encrypted. */
    async resources(): Promise<Resource[]> {
      return (await latest()).resources ?? [];
    },
    /** What was under way when an engine was killed, as far as nobody knows its end. */
    async pendingOperations(): Promise<{ type: string; resource: Resource }[]> {
      return (await latest()).pending_operations ?? [];
    },
    async outputs() {
      const [root] = await stack.resources();
      return root?.outputs ?? {};
    },
    /** The state as `stack export` hands it out. */
    async exportState(): Promise<string> {
      return (await succeeded(call(program, ["stack", "export", "--stack", stackName]))).stdout;
    },
  };
  await stack.configure(settings);
  return stack;
}

export type Stack = Awaited<ReturnType<typeof openStack>>;

/** The run, or an error with all that it printed when its exit code is not 0. */
export async function succeeded(running: Promise<Run>): Promise<Run> {
  const run = await running;
  if (run.code !== 0) throw new Error(`Exit code ${run.code}:\n${printed(run)}`);
  return run;
}

/** All that a person sees of a command. */
export function printed({ stdout, stderr }: Run): string {
  return `${stdout}\n${stderr}`;
}

/** The part of a URN that the program chose. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** What a command that ran with `--json` did, or would do, to resources of this project; refreshes apart. */
export function stepsOf({ stdout }: Run): Step[] {
  const steps = stdout.startsWith('{"sequence"') ? stepsOfEvents(stdout) : JSON.parse(stdout).steps;
  return (steps as Step[]).filter(
    ({ op, urn }) => /[:$]pulumi-nodejs:\w+:\w+::/.test(urn) && !["same", "refresh", "read"].includes(op),
  );
}

/** `update` prints one event a line, `preview` one document. */
function stepsOfEvents(stdout: string): Step[] {
  const events = stdout.trim().split("\n");
  return events.map((line) => JSON.parse(line).resourcePreEvent?.metadata).filter((metadata) => metadata);
}

/**
 * The same project without its entry for our own host, in a folder of its own, so that Pulumi takes its stock host.
 * @returns the folder
 */
async function withoutOwnHost(program: string, folder: string): Promise<string> {
  const text = await readFile(join(program, "Pulumi.yaml"), "utf8");
  const stock = text
    .replace(/^plugins:\n(?: .*\n)+/m, "")
    .replace(/^main: (\S+)$/m, (_line, main) => `main: ${join(program, main)}`);
  if (stock.includes("plugins:")) throw new Error(`${program}/Pulumi.yaml still names plugins.`);
  const project = join(folder, "project");
  await mkdir(project);
  await writeFile(join(project, "Pulumi.yaml"), stock);
  return project;
}

async function projectOf(program: string): Promise<string> {
  const text = await readFile(join(program, "Pulumi.yaml"), "utf8");
  const name = /^name: (\S+)$/m.exec(text)?.[1];
  if (name === undefined) throw new Error(`${program}/Pulumi.yaml names no project.`);
  return name;
}

/** Nothing of the developer's own Pulumi, Genesys or Salesforce settings gets in. */
function environmentOf(folder: string, more: Record<string, string>): Environment {
  const kept = namesFromOutside.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  const inherited = Object.fromEntries(kept) as Record<string, string>;
  return {
    ...inherited,
    // The CLI itself: the npm package's launcher of it takes as long again as its start.
    PATH: [binFolder(process.env), join(checkout, "node_modules", ".bin"), inherited.PATH].join(delimiter),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "test-only",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    NODE_COMPILE_CACHE: join(checkout, ".cache", "node"),
    ...more,
  };
}

type Environment = Record<string, string> & { PATH: string };

interface Call {
  cwd: string;
  env: Environment;
  args: readonly string[];
  input?: string;
  running: Set<ChildProcess>;
}

function pulumi({ cwd, env, args, input, running }: Call): Promise<Run> {
  const child = spawn("pulumi", args, { cwd, env, detached: true });
  running.add(child);
  const run: Run = { code: -1, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    run.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    run.stderr += text;
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      endTree(child);
      reject(new Error(`pulumi ${args[0]} did not end in ${commandDeadlineMs / 1000} s:\n${printed(run)}`));
    }, commandDeadlineMs);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(deadline);
      running.delete(child);
      resolve({ ...run, code: code ?? -1 });
    });
  });
}

/** Ends a process and all that it started: the engine puts its plugins into process groups of their own. */
export function endTree({ pid }: ChildProcess): void {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const processes = lines.map((line) => line.trim().split(/\s+/).map(Number));
  const tree = new Set([pid]);
  for (let size = 0; size < tree.size; ) {
    size = tree.size;
    for (const [child, parent] of processes) if (tree.has(parent)) tree.add(child);
  }
  for (const member of tree) endProcess(member);
}

function endProcess(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
