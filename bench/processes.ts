import { readdirSync, readFileSync } from "node:fs";

/** Watches the provider hosts below this process and remembers the most memory that one of them had. Linux only. */
export function watchProviderHosts() {
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, ...providerHosts().map(peakMemory));
  }, 50);
  timer.unref();
  return {
    /** Peak resident memory of one host, in bytes; 0 when none was seen. */
    stop(): number {
      clearInterval(timer);
      return peakBytes;
    },
  };
}

/** The project's own host or the stock one. */
function providerHosts(): string[] {
  const parents = new Map(processes().map((pid) => [pid, parentOf(pid)]));
  return [...parents.keys()].filter(
    (pid) =>
      isBelowUs(pid, parents) && /cmd\/dynamic-provider|providers\/host\/start/.test(read(pid, "cmdline")),
  );
}

function processes(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
}

function isBelowUs(pid: string, parents: Map<string, string | undefined>): boolean {
  for (let ancestor: string | undefined = pid; ancestor !== undefined; ancestor = parents.get(ancestor)) {
    if (ancestor === String(process.pid)) return true;
  }
  return false;
}

function parentOf(pid: string): string | undefined {
  return /^PPid:\s+(\d+)/m.exec(read(pid, "status"))?.[1];
}

/** VmHWM: the most resident memory that the process ever had. */
function peakMemory(pid: string): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(read(pid, "status"))?.[1] ?? 0) * 1024;
}

/** A process may end between the listing and the look. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return "";
    throw error;
  }
}
