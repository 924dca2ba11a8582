import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** The remembered state of one vendor: plain JSON, changed in place and then saved. */
export interface Store<State extends object> {
  readonly state: State;
  /** Persists the state, at once unless it is big and was written just now; does nothing for a store in memory. */
  save(): void;
  /** Until everything that `save` was called for is on disk. An answer that tells of a change waits for it. */
  saved(): Promise<void>;
}

/** A state of more characters is written once for several changes, when they come thick and fast. */
const BIG = 500_000;
/** Between two writings of a big state lies so many times what the last one took: that time is for requests. */
const REST = 3;

/**
 * Opens the store kept in `file`, or one in memory when no file is given.
 * `initial` makes the state of a store that does not exist yet; kinds that a newer version of the sandbox
 * added are filled in from it. Throws when the file is there but is not a JSON object.
 */
export function openStore<State extends object>(
  file: string | undefined,
  initial: () => State,
): Store<State> {
  if (file === undefined) return { state: initial(), save: () => {}, saved: async () => {} };
  const state = { ...initial(), ...readState<State>(file) };
  let restUntil = 0;
  let later: Promise<void> | undefined;
  const write = () => {
    const start = performance.now();
    const text = `${JSON.stringify(state, null, 2)}\n`;
    writeAtomically(file, text);
    const tookMs = performance.now() - start;
    restUntil = text.length > BIG ? start + tookMs * (1 + REST) : 0;
  };
  const writeLater = async (ms: number) => {
    await pause(ms);
    later = undefined;
    write();
  };
  return {
    state,
    save: () => {
      if (later !== undefined) return;
      const restMs = restUntil - performance.now();
      if (restMs <= 0) write();
      else later = writeLater(restMs);
    },
    saved: async () => later,
  };
}

function readState<State extends object>(file: string): Partial<State> {
  const text = readIfThere(file);
  if (text === undefined) return {};
  const state = parse(text, file);
  if (typeof state !== "object" || state === null || Array.isArray(state)) throw unreadable(file);
  return state as Partial<State>;
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause?: unknown): Error {
  return new Error(`${file} does not hold a sandbox state. Delete it to start with an empty sandbox.`, {
    cause,
  });
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Write beside, then rename: a process killed half-way leaves the old state or the new one, never a torn file. */
function writeAtomically(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
}
