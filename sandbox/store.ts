import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The remembered state of one vendor: plain JSON, changed in place and then saved. */
export interface Store<State extends object> {
  readonly state: State;
  /** Persists the state at once; does nothing for a store in memory. */
  save(): void;
}

/**
 * Opens the store kept in `file`, or one in memory when no file is given.
 * `initial` makes the state of a store that does not exist yet; kinds that a newer version of the sandbox
 * added are filled in from it. Throws when the file is there but is not a JSON object.
 */
export function openStore<State extends object>(
  file: string | undefined,
  initial: () => State,
): Store<State> {
  if (file === undefined) return { state: initial(), save: () => {} };
  const state = { ...initial(), ...readState<State>(file) };
  return { state, save: () => writeAtomically(file, `${JSON.stringify(state, null, 2)}\n`) };
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
