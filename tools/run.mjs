import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const keptCharacters = 4_000;

/** A command that did not end well; `message` says how, followed by the last lines it printed. */
export class CommandFailed extends Error {
  /**
   * @param {string} how
   * @param {string} [printed]
   */
  constructor(how, printed = "") {
    super(printed.trim() ? `${how}; ${printed.trim().split("\n").slice(-4).join(" | ")}` : how);
    this.how = how;
    this.printed = printed;
  }
}

/**
 * Runs a command to its end, together with everything that it starts: they form a process group of their own,
 * which is ended as a whole at the deadline or when `signal` says so.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {object} options
 * @param {number} options.deadlineMs
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {AbortSignal} [options.signal]
 * @param {NodeJS.Signals} [options.endBy] how the command is asked to end
 * @param {number} [options.graceMs] how long it may then take, until it is killed
 * @param {(line: string) => void} [options.onLine] called with every line it prints
 * @returns {Promise<string>} its standard output
 * @throws {CommandFailed}
 */
export function run(command, args, options) {
  const { deadlineMs, cwd, env, signal, endBy = "SIGTERM", graceMs = 5_000, onLine } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    /** @type {string | undefined} */
    let endedBecause;
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        printed = (printed + text).slice(-keptCharacters);
      });
      if (onLine) createInterface(stream).on("line", onLine);
    }

    /** @type {NodeJS.Timeout | undefined} */
    let killer;
    const end = (/** @type {string} */ reason) => {
      endedBecause ??= reason;
      killGroup(child.pid, endBy);
      killer ??= setTimeout(() => killGroup(child.pid, "SIGKILL"), graceMs);
    };
    const deadline = setTimeout(() => end(`ended by its deadline of ${deadlineMs / 1_000} s`), deadlineMs);
    const interrupt = () => end("interrupted");
    signal?.addEventListener("abort", interrupt);
    if (signal?.aborted) interrupt();
    const tidy = () => {
      clearTimeout(deadline);
      clearTimeout(killer);
      signal?.removeEventListener("abort", interrupt);
    };

    child.once("error", (error) => {
      tidy();
      reject(new CommandFailed(error.message));
    });
    child.once("close", (code, killedBy) => {
      tidy();
      if (code === 0 && !endedBecause) resolve(output);
      else reject(new CommandFailed(endedBecause ?? `exit ${code ?? killedBy}`, printed));
    });
  });
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} name
 */
function killGroup(pid, name) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
