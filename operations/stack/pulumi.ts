import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CodedError } from "../../providers/errors.ts";
import { CommandFailed, run } from "../../tools/run.mjs";

const binaries = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));

/** Which stack of which project the Pulumi CLI is to work on. */
export interface StackReference {
  /** Folder with the Pulumi.yaml, or one below it. */
  cwd: string;
  /** Name as Pulumi takes it; the selected stack when left out. */
  stack?: string | undefined;
  /** Stack configuration other than `Pulumi.<stack>.yaml` beside the Pulumi.yaml. */
  configFile?: string | undefined;
  /** Environment of the CLI. Default: that of this process. */
  env?: NodeJS.ProcessEnv | undefined;
  signal?: AbortSignal | undefined;
}

export interface PulumiCall {
  deadlineMs: number;
  /** Called with every line that Pulumi prints. */
  onLine?: ((line: string) => void) | undefined;
}

/** How the commands take the name of a stack, for errors. */
export const byName = "by --stack, for `amsg compare` as STACK:SET; `npx pulumi stack ls` lists the stacks";

/** How long a command that only reads the state or the configuration may take. */
export const queryDeadlineMs = 60_000;
/** How long an interrupted command may take to finish what it is doing and to write its state. */
const cancelMs = 60_000;

/**
 * Runs one command of the Pulumi CLI on a stack. It is ended by SIGINT, upon which Pulumi finishes what it is doing
 * and keeps a valid state.
 *
 * @returns what it printed on standard output
 * @throws CommandFailed
 */
export function pulumi(
  { cwd, stack, env, signal }: StackReference,
  args: readonly string[],
  { deadlineMs, onLine }: PulumiCall,
): Promise<string> {
  const ofStack = stack === undefined ? [] : ["--stack", stack];
  return run(join(binaries, "pulumi"), [...args, ...ofStack, "--non-interactive", "--color", "never"], {
    cwd,
    env: pulumiEnvironment(env ?? process.env),
    deadlineMs,
    signal,
    onLine,
    endBy: "SIGINT",
    graceMs: cancelMs,
  });
}

/** The flags of commands that read the stack configuration. */
export function configFlags({ configFile }: StackReference): string[] {
  return configFile === undefined ? [] : ["--config-file", configFile];
}

/** With the project's Node before any other, and without the CLI's own business. */
function pulumiEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    PATH: [binaries, env.PATH].join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

/**
 * Reads something of the stack as JSON.
 *
 * @throws CodedError STACK_NOT_READ
 */
export async function queryStack(reference: StackReference, args: readonly string[]): Promise<unknown> {
  try {
    return JSON.parse(await pulumi(reference, args, { deadlineMs: queryDeadlineMs }));
  } catch (error) {
    reference.signal?.throwIfAborted();
    throw error instanceof CommandFailed ? notRead(reference, args, error) : error;
  }
}

function notRead({ cwd, stack, env }: StackReference, args: readonly string[], error: CommandFailed) {
  const backend = (env ?? process.env).PULUMI_BACKEND_URL;
  return new CodedError({
    code: "STACK_NOT_READ",
    what: "Pulumi could not read the stack.",
    evidence: {
      stack: stack ?? "the selected one",
      folder: cwd,
      backend: backend ?? "the one you are logged in to",
      command: `pulumi ${args.slice(0, 2).join(" ")}`,
      said: errorIn(error.printed) ?? error.how,
    },
    next:
      `${stack === undefined ? `Name the stack ${byName}` : "See that the stack exists there: `npx pulumi stack ls`"}. ` +
      "That of the sandbox needs the variables that `npm start` prints: PULUMI_BACKEND_URL and PULUMI_CONFIG_PASSPHRASE.",
  });
}

/** Of what Pulumi printed only the error: a state that it printed half would have secrets in it. */
function errorIn(printed: string): string | undefined {
  const said = /^error: .*(?:\n(?!\s*$).*)*/m.exec(printed)?.[0];
  return said?.replace(/\s+/g, " ");
}
