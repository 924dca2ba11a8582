import { isDeepStrictEqual } from "node:util";
import type { Vendor } from "./fault.ts";

/** One value that a fault changed in a vendor's state; plain JSON, a missing value is left out. */
export interface Change {
  vendor: Vendor;
  /** Keys; in an array an id or an index. */
  path: readonly string[];
  before?: unknown;
  after?: unknown;
}

type Container = Record<string, unknown>;

/** Sets the value at `path`, takes it away when it is undefined, and says how to undo that. */
export function change(state: object, vendor: Vendor, path: readonly string[], value: unknown): Change {
  const [container, key] = place(state, path) ?? missing(path);
  const before = structuredClone(container[key]);
  set(container, key, structuredClone(value));
  return { vendor, path, before, after: structuredClone(value) };
}

/** Sets the value back, unless it is no longer there or no longer what the fault made of it. */
export function undo(state: object, { path, before, after }: Change): void {
  const [container, key] = place(state, path) ?? [];
  if (container === undefined || key === undefined) return;
  if (isDeepStrictEqual(container[key], after)) set(container, key, structuredClone(before));
}

/** The container of the last step, and that step as a key of it. */
function place(state: object, path: readonly string[]): [container: Container, key: string] | undefined {
  let container = state as Container;
  for (const step of path.slice(0, -1)) {
    const next = container[keyOf(container, step)];
    if (typeof next !== "object" || next === null) return undefined;
    container = next as Container;
  }
  return [container, keyOf(container, path.at(-1) ?? "")];
}

function keyOf(container: Container, step: string): string {
  if (!Array.isArray(container)) return step;
  const index = container.findIndex((element) => (element as { id?: unknown } | null)?.id === step);
  return index < 0 ? step : String(index);
}

function set(container: Container, key: string, value: unknown): void {
  if (value === undefined) delete container[key];
  else container[key] = value;
}

function missing(path: readonly string[]): never {
  throw new Error(`There is nothing at ${path.join(".")} to put wrong.`);
}
