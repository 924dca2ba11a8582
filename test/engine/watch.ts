import { watch } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** A place where something was seen, and what stood there. */
export interface Seen {
  where: string;
  text: string;
}

/** What a watch has seen until it was stopped. */
export interface Watch {
  stop(): Promise<Seen[]>;
}

/** How often the processes are looked at, in milliseconds: a process of the CLI lives for hundreds of them. */
const samplingMs = 20;

/** Arguments and environment of all that this process starts, as others on the machine can see them. Linux alone. */
export function watchProcesses(): Watch {
  const seen = new Map<string, Seen>();
  let watching = true;
  const look = async (pid: number): Promise<void> => {
    for (const child of await childrenOf(pid)) {
      const [args = "", environment = "", name = ""] = await Promise.all(
        ["cmdline", "environ", "comm"].map((file) => readIfThere(`/proc/${child}/${file}`)),
      );
      const process = `process ${child} (${name.trim()})`;
      seen.set(`${process} ${args}`, { where: `arguments of ${process}`, text: args.replaceAll("\0", " ") });
      for (const variable of environment.split("\0")) {
        const [key] = variable.split("=", 1);
        seen.set(`${process} $${key}`, { where: `variable ${key} of ${process}`, text: variable });
      }
      await look(child);
    }
  };
  const sampling = (async () => {
    while (watching) {
      await look(process.pid);
      await pause(samplingMs);
    }
  })();
  return {
    async stop() {
      watching = false;
      await sampling;
      return [...seen.values()];
    },
  };
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = threads.map((thread) => readIfThere(`/proc/${pid}/task/${thread}/children`));
  return (await Promise.all(lists)).flatMap((list = "") =>
    list.trim().split(" ").filter(Boolean).map(Number),
  );
}

/** All that is written into a folder, also into files that are gone by the end. */
export function watchFiles(folder: string): Watch {
  const seen = new Map<string, Seen>();
  const reading = new Set<Promise<void>>();
  const look = async (path: string) => {
    // A pipe would give its content to us instead of to whom it is meant for.
    const isFile = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    const text = isFile ? await readIfThere(path) : undefined;
    if (text) seen.set(`${path} ${text.length}`, { where: `file ${path}`, text });
  };
  const watcher = watch(folder, { recursive: true }, (_event, name) => {
    if (name === null) return;
    const read: Promise<void> = look(join(folder, name)).finally(() => reading.delete(read));
    reading.add(read);
  });
  return {
    async stop() {
      watcher.close();
      await Promise.all(reading);
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
        if (entry.isFile()) await look(join(entry.parentPath, entry.name));
      return [...seen.values()];
    },
  };
}

/** Undefined when it is gone, a folder, or not for us to read. */
async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, "latin1").catch(() => undefined);
}
