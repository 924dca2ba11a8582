import { AsyncLocalStorage } from "node:async_hooks";
import { CodedError } from "../providers/errors.ts";
import { within } from "../providers/operation.ts";

export interface TimeLimit {
  /** For all of the work, in milliseconds. */
  withinMs: number;
  /** Aborted by Ctrl-C; its reason is then thrown as it is. */
  signal: AbortSignal;
  /** Told what is waited for. */
  tell?: ((text: string) => void) | undefined;
}

/** What is under way, for the error. */
const underWay = new AsyncLocalStorage<Set<string>>();

/**
 * Does work that only reads at the vendors, and ends it when the time is over. Requests are
 * repeated for three quarters of it at most, so that a vendor's own words are what is thrown.
 *
 * @throws CodedError VENDORS_TOO_SLOW
 */
export async function withinTime<T>(
  { withinMs, signal, tell = () => undefined }: TimeLimit,
  work: () => Promise<T>,
): Promise<T> {
  const names = new Set<string>();
  const limit = new AbortController();
  let last: string | undefined;
  const timer = setTimeout(() => limit.abort(tooSlow(withinMs, names, last)), withinMs);
  const tellAndKeep = (text: string) => {
    last = text;
    tell(text);
  };
  const operation = {
    signal: AbortSignal.any([signal, limit.signal]),
    patienceMs: withinMs * 0.75,
    tell: tellAndKeep,
    warn: tellAndKeep,
  };
  try {
    return await underWay.run(names, () => within(operation, work));
  } finally {
    clearTimeout(timer);
  }
}

/** Names a part of the work, so that the error can say which parts were still under way. */
export async function named<T>(name: string, part: Promise<T>): Promise<T> {
  const names = underWay.getStore();
  names?.add(name);
  try {
    return await part;
  } finally {
    names?.delete(name);
  }
}

function tooSlow(withinMs: number, names: ReadonlySet<string>, last: string | undefined): CodedError {
  return new CodedError({
    code: "VENDORS_TOO_SLOW",
    what: `Not everything could be read within ${withinMs / 1_000} s.`,
    evidence: { "still waited for": [...names].join(", "), "last trouble": last },
    next: "Run the command again, with more time by --within; if it persists, look at the vendors' status pages and at proxies in between.",
  });
}
