import { spawn } from "node:child_process";
import { checkout, endTree, type Run } from "../engine/stack.ts";

export interface TerminalOptions {
  env: NodeJS.ProcessEnv;
  /** Called with all that the terminal shows so far, whenever it is more; types. */
  onOutput: (shown: string, type: (text: string) => void) => void;
}

/** What Ctrl-C types. */
export const ctrlC = "\u0003";

const deadlineMs = 150_000;

/** Runs a command of a shell on a terminal, as `script` of Linux and of macOS gives one. @returns its exit code and what was shown */
export function onTerminal(
  command: string,
  { env, onOutput }: TerminalOptions,
): Promise<Omit<Run, "stderr">> {
  // Without a size of its own a terminal shows one character a line.
  const sized = `stty cols 200 rows 50; ${command}`;
  const args =
    process.platform === "darwin"
      ? ["-q", "/dev/null", "sh", "-c", sized]
      : ["-q", "-e", "-c", sized, "/dev/null"];
  const child = spawn("script", args, { cwd: checkout, env });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
    onOutput(stdout, (typed) => child.stdin.write(typed));
  });
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      endTree(child);
      reject(new Error(`${command} did not end:\n${stdout}`));
    }, deadlineMs);
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(deadline);
      resolve({ code: code ?? -1, stdout });
    });
  });
}
