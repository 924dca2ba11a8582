import { createHash } from "node:crypto";
import { genesysSettings } from "../../providers/genesys/settings.ts";
import { redactor } from "../../providers/redaction.ts";
import { salesforceSettings } from "../../providers/salesforce/settings.ts";
import { factsOf } from "../../providers/settings.ts";
import { isPerson, type Visitor } from "../signIn/visitor.ts";
import type { OpenedSet } from "../stack/messagingSet.ts";

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

/** What may be shown: secrets are cut out of every text, and who signed in stands as a hash. */
export function shown(content: unknown, secrets: readonly string[]): unknown {
  const redact = redactor(secrets);
  return JSON.parse(JSON.stringify(content ?? null), (name, value) => {
    if (typeof value !== "string") return value;
    return name === "subject" ? hashed(value) : redact(value);
  });
}

/** Enough to tell two persons apart. */
function hashed(value: string): string {
  const digest = createHash("sha256").update(value).digest("hex").slice(0, 12);
  return `${value.length} characters, SHA-256 ${digest}`;
}
