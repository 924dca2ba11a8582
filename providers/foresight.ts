import type { Connections } from "./connections.ts";
import type { Kind, Owned } from "./lifecycle.ts";
import { containsUnknown, unknownValue } from "./unknown.ts";

/** What can be told beforehand of an output that the vendor decides. */
export interface Foresight<Inputs> {
  /** The inputs whose change may change it; a change of any other leaves it as it is. */
  readonly follows: readonly (keyof Inputs & string)[] | "every input";
  /** What it will be, where that can be told without asking anybody; called when all that it follows is known. */
  readonly foreseen?: (inputs: Partial<Inputs>, connections: Connections) => unknown;
}

/** The name under which an ordered rewrite is among the differences, though no property differs. */
export const rewriting = "__rewrite";

type Bag = Record<string, unknown>;

/**
 * The outputs that a creation or an update will lead to; what cannot be known before is the unknown value. Pure.
 * @param recorded the outputs so far; undefined when the object is yet to be made
 * @param changed names of the inputs and outputs that differ
 */
export function foresee<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  connections: Connections,
  inputs: Bag,
  recorded: Bag | undefined,
  changed: readonly string[],
): Bag {
  const leftAlone = recorded ?? Object.fromEntries(Object.keys(kind.inputs.shape).map(unknownEntry));
  const declared = Object.keys(kind.inputs.shape).map((name) => [name, inputs[name] ?? leftAlone[name]]);
  const stays = new Set(recorded === undefined ? [] : stable(kind, changed));
  const computed = Object.entries<Foresight<I>>(kind.computed).map(([name, foresight]) => [
    name,
    stays.has(name) && recorded?.[name] !== undefined
      ? recorded[name]
      : foreseen(foresight, connections, inputs),
  ]);
  return Object.fromEntries([...declared, ...computed].filter(([, value]) => value !== undefined));
}

/** The names of the outputs that an update of what differs does not change. */
export function stable<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  changed: readonly string[],
): string[] {
  const changedInputs = changed.filter((name) => name in kind.inputs.shape || name === rewriting);
  return Object.entries<Foresight<I>>(kind.computed)
    .filter(([name, { follows }]) => !changed.includes(name) && !isConcerned(follows, changedInputs))
    .map(([name]) => name);
}

function isConcerned(follows: readonly string[] | "every input", changedInputs: readonly string[]): boolean {
  if (follows === "every input") return changedInputs.length > 0;
  return follows.some((name) => changedInputs.includes(name));
}

function foreseen<I>(foresight: Foresight<I>, connections: Connections, inputs: Bag): unknown {
  const needed =
    foresight.follows === "every input"
      ? Object.values(inputs)
      : foresight.follows.map((name) => inputs[name]);
  if (needed.some(containsUnknown)) return unknownValue;
  return foresight.foreseen?.(inputs as Partial<I>, connections) ?? unknownValue;
}

function unknownEntry(name: string): [string, string] {
  return [name, unknownValue];
}
