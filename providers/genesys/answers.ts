/**
 * What the answers of Genesys must look like for the members to read them: the one place where they are checked.
 * What is not named here may be there and may be anything; what is null counts as absent, and values that a later
 * release adds to a list of words pass.
 * Source: the definitions of the vendor's API description, of which few take anything for required. Required here is
 * without what an object could be taken for another, or a setting of somebody else be lost in a write.
 */
import { z } from "zod";
import { beginningOf, type Redact } from "../redaction.ts";

const id = z.string().min(1);
const text = z.string().nullish();
const flag = z.boolean().nullish();
const block = z.record(z.string(), z.unknown());

/** What is passed on without being read. */
export const anything = z.unknown();

/** A page of a listing, numbered or with the address of the next one. */
export function pageOf(entity: z.ZodType) {
  return z.looseObject({ entities: z.array(entity), pageCount: z.int().nullish(), nextUri: text });
}

/** The name holds the owner's mark. */
export const credential = z.looseObject({
  id,
  name: z.string(),
  modifiedDate: text,
  type: z.looseObject({ name: text }).nullish(),
});

export const integration = z.looseObject({
  id,
  name: text,
  notes: text,
  intendedState: z.string(),
  reportedState: z
    .looseObject({ code: text, effective: text, detail: z.looseObject({ message: text }).nullish() })
    .nullish(),
  integrationType: z.looseObject({ id }).nullish(),
  config: z.looseObject({ current: block.nullish() }).nullish(),
});

/** It is written as a whole, with the version that it was read in. */
export const integrationConfig = z.looseObject({
  name: z.string(),
  version: z.int(),
  notes: text,
  properties: block,
  credentials: z.record(z.string(), z.looseObject({ id: text }).nullable()),
});

export const integrationType = z.looseObject({
  id,
  name: text,
  category: text,
  credentials: z
    .record(z.string(), z.looseObject({ credentialTypes: z.array(z.string()).nullish() }))
    .nullish(),
});

const described = z.looseObject({ title: text, description: text });

export const configSchema = z.looseObject({ properties: z.record(z.string(), described) });

/** The properties are a JSON schema in some types, the bare map of fields in others. */
export const credentialTypes = z.array(
  z.looseObject({
    id: text,
    name: text,
    properties: z
      .union([
        z.looseObject({ properties: z.record(z.string(), described) }),
        z.record(z.string(), z.unknown()),
      ])
      .nullish(),
  }),
);

/** A version of a messenger configuration, or its draft. It is written as a whole. */
export const version = z.looseObject({
  id: text,
  version: z.string().min(1),
  status: text,
  name: text,
  description: text,
  languages: z.array(z.string()).nullish(),
  defaultLanguage: text,
  authenticationSettings: z
    .looseObject({ enabled: flag, integrationId: text, allowSessionUpgrade: flag })
    .nullish(),
  messenger: block.nullish(),
  position: block.nullish(),
  headlessMode: block.nullish(),
  cobrowse: block.nullish(),
  journeyEvents: block.nullish(),
  supportCenter: block.nullish(),
  video: block.nullish(),
  customI18nLabels: z.array(z.unknown()).nullish(),
});

/** A draft that tells which configuration it is of. */
export const configuration = version.extend({ id });

/** Deployments name it by its number. */
export const publishedVersion = version.extend({
  version: z.string().regex(/^\d+$/, "must be the number of a version, as text"),
});

/** It is written as a whole. */
export const deployment = z.looseObject({
  id,
  name: text,
  description: text,
  status: text,
  configuration: z.looseObject({ id: text, version: text }).nullish(),
  allowedDomains: z.array(z.string()).nullish(),
  allowAllDomains: flag,
  flow: z.looseObject({ id: text }).nullish(),
  snippet: text,
});

/** Something that is shown as it is. */
export const document = z.looseObject({});

const words = z.string().optional().catch(undefined);

/** An answer that refuses something: whatever of it cannot be read is left out. */
const errorBody = z
  .object({
    message: words,
    code: words,
    contextId: words,
    details: z
      .array(z.object({ errorCode: words, fieldName: words }).catch({}))
      .optional()
      .catch(undefined),
  })
  .catch({});

export type ErrorBody = z.infer<typeof errorBody>;

/** The log-in says it in one of three ways. */
const logInError = z.object({ error: words, description: words, error_description: words }).catch({});

/** What a refusal says, fit to be shown. */
export function readErrorBody(body: unknown, redact: Redact): ErrorBody {
  return shown(errorBody.parse(body), redact);
}

/** What a refused log-in says, fit to be shown. */
export function readLogInError(body: unknown, redact: Redact): z.infer<typeof logInError> {
  return shown(logInError.parse(body), redact);
}

/** All texts in it without secrets, and cut. */
function shown<T>(said: T, redact: Redact): T {
  const parts = (value: unknown): unknown => {
    if (typeof value === "string") return beginningOf(value, redact, 400);
    if (Array.isArray(value)) return value.map(parts);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, parts(part)]));
  };
  return parts(said) as T;
}
