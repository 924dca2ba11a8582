import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { basename } from "node:path";
import { promisify } from "node:util";

const LISTENING = "0A";

/** Who listens at this port of loopback, in a sentence that begins with a space; empty when it cannot be known. */
export async function ownerOf(port: number | undefined): Promise<string> {
  if (port === undefined) return "";
  const [sandbox, owner] = await Promise.all([sandboxAt(port), processAt(port)]);
  const parts = [sandbox, owner && `process ${owner.id} (${owner.name})`].filter(Boolean);
  return parts.length === 0 ? "" : ` It is ${parts.join(", ")}.`;
}

/** Another sandbox says what it is. */
async function sandboxAt(port: number): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(1_000);
    const health = await fetch(`http://127.0.0.1:${port}/_sandbox/health`, { signal });
    const { sandbox, vendor, org } = (await health.json()) as Record<string, string>;
    return sandbox === "authenticated-messaging"
      ? `the ${vendor} server of another sandbox, org ${org}`
      : undefined;
  } catch {
    return undefined;
  }
}

interface Owner {
  id: string;
  /** Of its program; its arguments may hold secrets. */
  name: string;
}

/** Only processes of the same user can be seen, unless root asks. */
async function processAt(port: number): Promise<Owner | undefined> {
  try {
    return await (process.platform === "linux" ? fromProc(port) : fromLsof(port));
  } catch {
    return undefined;
  }
}

async function fromProc(port: number): Promise<Owner | undefined> {
  const tables = await Promise.all(["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8")));
  const hex = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const sockets = tables
    .flatMap((table) => table.split("\n").map((line) => line.trim().split(/\s+/)))
    .filter(([, local, , state]) => local?.endsWith(hex) && state === LISTENING)
    .map((columns) => `socket:[${columns[9]}]`);
  for (const id of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const open = await readdir(`/proc/${id}/fd`).catch(() => []);
    const links = await Promise.all(open.map((fd) => readlink(`/proc/${id}/fd/${fd}`).catch(() => "")));
    if (!links.some((link) => sockets.includes(link))) continue;
    return { id, name: basename(await readlink(`/proc/${id}/exe`)) };
  }
  return undefined;
}

async function fromLsof(port: number): Promise<Owner | undefined> {
  const args = ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"];
  const { stdout } = await promisify(execFile)("lsof", args, { timeout: 2_000 });
  const [, id, name] = /^p(\d+)\nc(.*)$/m.exec(stdout) ?? [];
  return id && name ? { id, name } : undefined;
}
