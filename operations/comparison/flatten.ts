import type { Fingerprint } from "../fingerprints.ts";

/** One setting as text. */
export interface Value {
  raw: string;
  /** With what is the set's own replaced by what it is: `<integration>`. */
  normalised: string;
}

/** Settings by their path; what is empty is left out, since to both vendors it is the same as absent. */
export type Flat = ReadonlyMap<string, Value>;

export interface Reading {
  /** For the values of names that are those of secrets. */
  fingerprint: Fingerprint;
  /** Replaces known secrets in any value: people paste them into notes. */
  hide: (text: string) => string;
  normalise: (text: string) => string;
}

/** Lists without an order, under the names that either vendor gives them; the rest keep theirs. */
const unordered =
  /^(callbackUrls?|commaSeparated\w+|scopes|allowedDomains|languages|channels|\w+_supported|draft differs in)$/;
/** Flags such as `isConsumerSecretOptional` end otherwise. */
const secret = /(secret|password|passphrase|private.?key)$/i;
/** How Genesys may answer empty notes (terraform-provider-genesyscloud, `flattenIntegrationConfig`). */
const emptyNotes = "node_dynamodb_empty_string";

export function flatten(document: unknown, reading: Reading): Flat {
  return new Map(leaves("", document, reading));
}

function leaves(path: string, value: unknown, reading: Reading): [string, Value][] {
  if (value === undefined || value === null || value === "" || value === emptyNotes) return [];
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (Array.isArray(value) && !value.some(isObject)) return list(path, name, value.map(String), reading);
  if (isObject(value)) {
    return Object.entries(value)
      .filter(([inner]) => !inner.startsWith("$"))
      .flatMap(([inner, of]) => leaves(path ? `${path}.${inner}` : inner, of, reading));
  }
  const text = String(value);
  if (secret.test(name) && !isShown(text)) return list(path, name, [reading.fingerprint(text)], reading);
  // Salesforce writes lists as text.
  if (name === "callbackUrl") return list(path, name, text.split("\n"), reading);
  if (name.startsWith("commaSeparated")) return list(path, name, text.split(","), reading);
  return list(path, name, [text], reading);
}

/** No secret, though its name is that of one: a flag, or the words for why it cannot be told. */
function isShown(text: string): boolean {
  return /^(true|false|yes|no|fingerprint [0-9a-f]{12}|(unknown|not readable)\b.*)$/s.test(text);
}

function list(path: string, name: string, items: readonly string[], reading: Reading): [string, Value][] {
  const raw = items.map((item) => reading.hide(item.trim())).filter((item) => item !== "");
  if (raw.length === 0) return [];
  const inOrder = (texts: string[]) => (unordered.test(name) ? texts.toSorted() : texts).join(", ");
  return [[path, { raw: inOrder(raw), normalised: inOrder(raw.map(reading.normalise)) }]];
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
