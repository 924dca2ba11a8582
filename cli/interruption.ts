/** The user, or the system, asked the command to end. */
export class Interrupted extends Error {
  constructor(signal: NodeJS.Signals) {
    super(`Interrupted (${signal}): all that was started is stopped.`);
    this.name = "Interrupted";
  }
}

/**
 * Is aborted, with an `Interrupted`, by Ctrl-C and the like. Signals may come twice, from the terminal and from
 * npm: the first one counts.
 */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => interrupted.abort(new Interrupted(name)));
  }
  return interrupted.signal;
}

/** Waits for Ctrl-C and the like, then throws the `Interrupted`. */
export function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    // A signal handler alone does not keep Node running.
    const alive = setInterval(() => {}, 60_000);
    const end = () => {
      clearInterval(alive);
      reject(signal.reason);
    };
    if (signal.aborted) end();
    signal.addEventListener("abort", end);
  });
}
