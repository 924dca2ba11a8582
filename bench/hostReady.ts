import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { SetStack } from "./stacks.ts";

/** Seconds from the start of a provider host, as the engine starts it, to its port on stdout. */
export async function hostReady({ launcher, program, environment }: SetStack): Promise<number> {
  const began = performance.now();
  // The stock host's script has a child; in a group of their own both can be ended, as the engine ends them.
  const host = spawn(launcher, ["127.0.0.1:1"], {
    cwd: program,
    env: environment,
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  const closed = once(host, "close");
  try {
    await Promise.race([once(host.stdout, "data"), endedTooEarly(closed, launcher)]);
    return (performance.now() - began) / 1000;
  } finally {
    end(host);
    await closed;
  }
}

async function endedTooEarly(closed: Promise<unknown[]>, launcher: string): Promise<never> {
  const [code] = await closed;
  throw new Error(`${launcher} ended with ${code}, without a port.`);
}

function end({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGINT");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
