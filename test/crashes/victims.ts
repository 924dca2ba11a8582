import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Stack } from "../engine/stack.ts";

const cli = /(^|\/)pulumi (up|destroy) /;

/** Who is ended by which signal, known by the command line. */
export const victims = {
  /** Runs the providers. */
  "provider-host": { signal: "SIGKILL", pattern: /cmd\/dynamic-provider|providers\/host\/start/ },
  /** Runs the program. */
  "language-host": { signal: "SIGKILL", pattern: /pulumi-language-nodejs/ },
  cli: { signal: "SIGKILL", pattern: cli },
  "cli-terminated": { signal: "SIGTERM", pattern: cli },
  /** Ctrl-C. */
  "cli-interrupted": { signal: "SIGINT", pattern: cli },
} as const satisfies Record<string, { signal: NodeJS.Signals; pattern: RegExp }>;

export type Victim = keyof typeof victims;

export interface Process {
  pid: number;
  parent: number;
  command: string;
}

/** How long a process may take to die of a SIGKILL, and the provider host of a killed CLI to end by itself. */
const deadlineMs = 10_000;

/** Sends the victim its signal; after a SIGKILL, waits until it is gone. */
export async function strike(stack: Stack, victim: Victim): Promise<void> {
  const { signal, pattern } = victims[victim];
  const struck = processesOf(stack).filter(({ command }) => pattern.test(command));
  if (struck.length === 0) throw new Error(`No process of the stack is the ${victim}.`);
  for (const { pid } of struck) process.kill(pid, signal);
  if (signal === "SIGKILL") await gone(struck);
}

/** Throws unless the provider hosts among these processes end by themselves; ends what else is left. */
export async function leaveNothing(processes: readonly Process[]): Promise<void> {
  const { pattern } = victims["provider-host"];
  try {
    await gone(processes.filter(({ command }) => pattern.test(command)));
  } finally {
    // Pulumi's language host looks for its engine every few minutes only.
    for (const { pid } of processes) if (isThere(pid)) process.kill(pid, "SIGKILL");
  }
}

/** All processes of the commands that are running on the stack. */
export function processesOf(stack: Stack): Process[] {
  const tree = new Set([...stack.running].map(({ pid }) => pid));
  const all = processes();
  for (let size = 0; size < tree.size; ) {
    size = tree.size;
    for (const { pid, parent } of all) if (tree.has(parent)) tree.add(pid);
  }
  return all.filter(({ pid }) => tree.has(pid));
}

/**
 * All processes that the stack's commands have started and that are still there, whoever is their parent now: the
 * environment that they inherit names the stack's folder.
 */
export function leftBy({ stateFolder }: Stack): Process[] {
  return processes("e").filter(({ command }) => command.includes(`file://${dirname(stateFolder)}`));
}

/** @param more "e" for the environment after each command */
function processes(more = ""): Process[] {
  // As wide as it takes.
  const lines = execFileSync("ps", [`ax${more}ww`, "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split(
    "\n",
  );
  return lines.flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** Waits until none of them is there any more; throws when one is after the deadline. */
export async function gone(awaited: readonly Process[], withinMs = deadlineMs): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (let left = awaited; ; await pause(10)) {
    left = left.filter(({ pid }) => isThere(pid));
    if (left.length === 0) return;
    if (Date.now() > deadline)
      throw new Error(`Still running: ${left.map(({ command }) => command).join("; ")}`);
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
