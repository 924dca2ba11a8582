import type { Call, FaultOptions } from "./fault.ts";

/** How far a fault that is on has come; plain JSON. */
export interface Tally {
  /** Matching requests so far. */
  matched: number;
  /** Those that it struck. */
  struck: number;
  /** State of its dice. */
  dice: number;
}

export function newTally({ seed = 1 }: FaultOptions): Tally {
  return { matched: 0, struck: 0, dice: seed };
}

/** Counts one matching request; whether the fault strikes it. */
export function strikes(tally: Tally, options: FaultOptions): boolean {
  const { nth = 1, probability = 1 } = options;
  const count = options.count ?? (options.nth === undefined ? Infinity : 1);
  tally.matched += 1;
  // The dice are thrown for every matching request, so that the other options do not shift them.
  const spared = throwDice(tally) >= probability;
  if (spared || tally.matched < nth || tally.struck >= count) return false;
  tally.struck += 1;
  return true;
}

/** Whether a request is one that `match` and `vendor` speak of. */
export function matches({ vendor, method, path, operation }: Call, options: FaultOptions): boolean {
  if (options.vendor !== undefined && options.vendor !== vendor) return false;
  if (options.match === undefined) return true;
  const [wanted = "", prefix = "/"] = options.match.split(" ");
  return [method, operation].includes(wanted) && path.startsWith(prefix);
}

/** Mulberry32, a generator of 32 bits of state: from 0 up to, but not including, 1. */
function throwDice(tally: Tally): number {
  tally.dice = (tally.dice + 0x6d2b79f5) | 0;
  let mixed = Math.imul(tally.dice ^ (tally.dice >>> 15), tally.dice | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
