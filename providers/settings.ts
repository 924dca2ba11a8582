import { z } from "zod";

/** Where a setting may come from besides the stack configuration, and how it is shown to people. */
export interface SettingFacts {
  /** Environment variable that goes before the stack configuration. */
  env?: string;
  secret?: boolean;
  example: string;
}

/** One thing that is wrong with the settings. */
export interface SettingProblem {
  key: string;
  env?: string;
  /** What was given; absent when nothing was, or when it is secret. */
  value?: string;
  rule: string;
  example: string;
}

/** Reads a key of the stack configuration; undefined when it is not set. */
export type ReadConfig = (key: string) => string | undefined;

const factsBySchema = z.registry<SettingFacts>();

/** Notes the facts of a setting beside its schema. */
export function setting<T extends z.ZodType>(schema: T, facts: SettingFacts): T {
  factsBySchema.add(schema, facts);
  return schema;
}

export function factsOf(schema: z.ZodType): SettingFacts {
  return factsBySchema.get(schema) ?? { example: "" };
}

/** The raw settings of a schema: environment variable first, then stack configuration. Empty means not set. */
export function readSettings(
  schema: z.ZodObject,
  readConfig: ReadConfig,
): Record<string, string | undefined> {
  const entries = Object.entries(schema.shape).map(([key, field]) => {
    const { env } = factsOf(field as z.ZodType);
    return [key, (env && process.env[env]) || readConfig(key) || undefined];
  });
  return Object.fromEntries(entries);
}

/** Says of each problem: the key, the value unless it is secret, the rule, an example. */
export function settingProblems(
  schema: z.ZodObject,
  raw: Record<string, string | undefined>,
  error: z.ZodError,
): SettingProblem[] {
  return error.issues.map((issue) => {
    const key = String(issue.path[0] ?? "");
    const field = schema.shape[key] as z.ZodType | undefined;
    const { env, secret, example } = field ? factsOf(field) : { example: "" };
    return {
      key: issue.path.join("."),
      env,
      value: secret ? undefined : valueAt(raw[key], issue.path.slice(1)),
      rule: issue.message,
      example,
    };
  });
}

/** The part of a setting that is at fault; lists and objects are given as JSON. */
function valueAt(raw: string | undefined, path: PropertyKey[]): string | undefined {
  if (raw === undefined || path.length === 0) return raw;
  const part = path.reduce<unknown>(
    (value, name) => (value as Record<PropertyKey, unknown> | undefined)?.[name],
    JSON.parse(raw),
  );
  return typeof part === "string" ? part : JSON.stringify(part);
}

/** The problems as lines for a person. */
export function describeProblems(problems: readonly SettingProblem[]): string {
  return problems
    .map(({ key, env, value, rule, example }) => {
      const given = value === undefined ? "" : ` (is ${JSON.stringify(value)})`;
      const sources = env ? ` or environment variable ${env}` : "";
      return `  ${key}${given}: ${rule}${sources && `; set it as configuration key ${key}${sources}`}. Example: ${example}`;
    })
    .join("\n");
}
