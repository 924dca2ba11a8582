import { genesysSettings } from "../providers/genesys/settings.ts";
import type { Redact } from "../providers/redaction.ts";
import { salesforceSettings } from "../providers/salesforce/settings.ts";
import { factsOf } from "../providers/settings.ts";
import { isPerson, type Visitor } from "./signIn/visitor.ts";
import type { OpenedSet } from "./stack/messagingSet.ts";

/** All secrets that are known before anything is asked: of the set, of the log-ins, of the visitor. */
export function secretsOf({ set, setting }: OpenedSet, visitor: Visitor | undefined): string[] {
  const logIns = Object.entries({ ...salesforceSettings.shape, ...genesysSettings.shape }).flatMap(
    ([key, schema]) => {
      const { env, secret } = factsOf(schema);
      return secret ? [setting(key), env && process.env[env]] : [];
    },
  );
  const { ECA, credential } = set.members;
  const ofSet = [
    ECA?.outputs.consumerSecret,
    credential?.outputs.clientSecret,
    credential?.inputs.clientSecret,
  ];
  const password = visitor && !isPerson(visitor) ? visitor.password : undefined;
  return [...logIns, ...ofSet, password].filter(
    (secret): secret is string => typeof secret === "string" && secret !== "",
  );
}

/** Texts at any depth without secrets. */
export function redacted<T>(value: T, redact: Redact): T {
  if (typeof value === "string") return redact(value) as T;
  if (Array.isArray(value)) return value.map((item) => redacted(item, redact)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, redacted(inner, redact)]);
  return Object.fromEntries(entries) as T;
}
