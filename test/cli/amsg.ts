import { spawn } from "node:child_process";
import { join } from "node:path";
import { checkout, endTree, type Run, type Stack } from "../engine/stack.ts";

const launcher = join(checkout, "cli", "amsg.mjs");

/** What a command is run with besides its arguments. */
export interface AmsgOptions {
  env?: NodeJS.ProcessEnv;
  /** The folder it is called in. Default: the checkout. */
  cwd?: string;
  /** What is typed or piped in. */
  input?: string;
  /** Ends the command as Ctrl-C does. */
  signal?: AbortSignal;
  /** Kills the command and all that it started, at once. */
  kill?: AbortSignal;
  /** Called with all that was printed so far, whenever it is more; may type. Standard input then stays open. */
  onOutput?: (run: Run, type: (text: string) => void) => void;
}

/** Runs `amsg` as a process of its own. */
export function amsg(
  args: readonly string[],
  { env, cwd = checkout, input, signal, kill, onOutput }: AmsgOptions = {},
): Promise<Run> {
  const child = spawn(process.execPath, [launcher, ...args], { cwd, env: env ?? process.env });
  signal?.addEventListener("abort", () => child.kill("SIGINT"));
  kill?.addEventListener("abort", () => endTree(child));
  const run: Run = { code: -1, stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text) => {
      run[name] += text;
      onOutput?.(run, (typed) => child.stdin.write(typed));
    });
  }
  if (onOutput === undefined) child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ ...run, code: code ?? -1 }));
  });
}

/** Runs `amsg` on a stack that a test has opened. */
export function amsgOn(stack: Stack, args: readonly string[], options: AmsgOptions = {}): Promise<Run> {
  const flags = ["--stack", stack.name, "--config-file", stack.configFile];
  return amsg([...args, ...flags], { ...options, env: { ...stack.environment, ...options.env } });
}
