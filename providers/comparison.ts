/** Plain JSON, the only kind of value that crosses the engine. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

type Bag = { readonly [key: string]: unknown };

function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Absent, empty text, empty list and empty object mean the same to both vendors. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isBag(value) && Object.values(value).every(isEmpty);
}

/**
 * Does what the vendor serves fulfil what was declared? Members of objects that were not declared are the
 * server's own defaults and do not count.
 * @param asSet lists are compared without their order
 */
export function fulfils(live: unknown, declared: unknown, asSet: boolean): boolean {
  if (isBag(declared)) return (isBag(live) || isEmpty(live)) && bagFulfils(live, declared, asSet);
  if (isEmpty(declared)) return isEmpty(live);
  if (Array.isArray(declared)) return Array.isArray(live) && listFulfils(live, declared, asSet);
  return live === declared;
}

function bagFulfils(live: unknown, declared: Bag, asSet: boolean): boolean {
  return Object.entries(declared).every(
    ([key, value]) => value === undefined || fulfils(isBag(live) ? live[key] : undefined, value, asSet),
  );
}

function listFulfils(live: readonly unknown[], declared: readonly unknown[], asSet: boolean): boolean {
  if (live.length !== declared.length) return false;
  if (!asSet) return declared.every((value, index) => fulfils(live[index], value, asSet));
  const left = [...live];
  return declared.every((value) => {
    const index = left.findIndex((candidate) => fulfils(candidate, value, asSet));
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}

/**
 * What the vendor serves, cut down to the parts that were declared, so that server defaults and the order of
 * sets never show up as a difference.
 */
export function project(live: unknown, declared: unknown, asSet: boolean): unknown {
  if (declared === undefined) return live;
  if (fulfils(live, declared, asSet)) return declared;
  if (!isBag(live) || !isBag(declared)) return live;
  const kept = Object.keys(declared).filter((key) => live[key] !== undefined);
  return Object.fromEntries(kept.map((key) => [key, project(live[key], declared[key], asSet)]));
}

/** One part of a property that is not as declared. */
export interface Unfulfilled {
  /** In the engine's notation: `messenger.apps.conversations`, `properties["a.b"]`. */
  path: string;
  live: unknown;
  declared: unknown;
}

/** The smallest parts in which what the vendor serves does not fulfil what was declared; lists are taken whole. */
export function unfulfilled(live: unknown, declared: unknown, asSet: boolean, path: string): Unfulfilled[] {
  if (declared === undefined || fulfils(live, declared, asSet)) return [];
  if (!isBag(live) || !isBag(declared)) return [{ path, live, declared }];
  return Object.entries(declared).flatMap(([key, value]) =>
    unfulfilled(live[key], value, asSet, `${path}${step(key)}`),
  );
}

function step(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
