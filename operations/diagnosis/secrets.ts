import type { Redact } from "../../providers/redaction.ts";
import { isPerson, type Visitor } from "../signIn/visitor.ts";
import type { OpenedSet } from "../stack/messagingSet.ts";

/** Every secret that is known of a set and its visitor. The present one at Salesforce never leaves its check. */
export function secretsOf({ set, setting }: OpenedSet, visitor: Visitor | undefined): (string | undefined)[] {
  const { ECA, credential } = set.members;
  const recorded = [ECA?.outputs.consumerSecret, credential?.outputs.clientSecret].map(textOf);
  const logIns = ["genesysClientSecret", "salesforceClientSecret", "salesforceAccessToken"].map(setting);
  const password = visitor && !isPerson(visitor) ? visitor.password : undefined;
  return [...recorded, ...logIns, password];
}

/** Texts at any depth without secrets. */
export function redacted<T>(value: T, redact: Redact): T {
  if (typeof value === "string") return redact(value) as T;
  if (Array.isArray(value)) return value.map((item) => redacted(item, redact)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, redacted(inner, redact)]);
  return Object.fromEntries(entries) as T;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
