/**
 * What the answers of Salesforce must look like for the members to read them: the one place where they are checked.
 * What is not named here may be there and may be anything; an empty or nil element counts as absent, and values that
 * a later release adds to a list of words pass.
 */
import { z } from "zod";
import { types } from "./metadata.ts";

/** What is checked for its depth alone. */
export const anything = z.unknown();

const name = z.string().min(1);
/** Elements hold text, whatever it means. */
const text = z.string().nullish();
const flag = z.enum(["true", "false", ""]).nullish();

const component = z.looseObject({ fullName: name });
const settings = component.extend({ externalClientApplication: text, label: text });

const shapes: Readonly<Record<string, z.ZodType>> = {
  [types.app]: component.extend({ label: text, contactEmail: text, description: text }),
  [types.oauth]: settings.extend({ commaSeparatedOauthScopes: text, oauthLink: text }),
  [types.global]: settings.extend({
    callbackUrl: text,
    consumerKey: text,
    isConsumerSecretOptional: flag,
    isPkceRequired: flag,
    isSecretRequiredForRefreshToken: flag,
    idTokenConfig: z
      .looseObject({
        idTokenValidityInMinutes: text,
        idTokenIncludeStandardClaims: flag,
        idTokenIncludeAttributes: flag,
        idTokenAudience: text,
      })
      .or(z.literal(""))
      .nullish(),
  }),
  [types.policies]: settings.extend({
    permittedUsersPolicyType: text,
    ipRelaxationPolicyType: text,
    refreshTokenPolicyType: text,
    refreshTokenValidityPeriod: text,
    refreshTokenValidityUnit: text,
  }),
};

/** The answer to readMetadata of one component; null where there is none of that name. */
export function readResult(type: string, fullName: string) {
  const record = (shapes[type] ?? component) as typeof component;
  const ofThatName = record.refine((read) => read.fullName === fullName, {
    path: ["fullName"],
    error: "must be the name that was asked for",
  });
  return z.object({ result: z.object({ records: ofThatName.nullable() }) });
}

/** Of one or several elements. */
const elements = <T extends z.ZodType>(element: T) =>
  z.union([element, z.array(element)]).transform((one) => [one].flat() as z.output<T>[]);

/** Saved, or the errors for which it was not. */
export const saveResult = z.object({
  result: z.discriminatedUnion("success", [
    z.object({ success: z.literal("true") }),
    z.object({
      success: z.literal("false"),
      errors: elements(z.object({ statusCode: name, message: z.string().catch("") })),
    }),
  ]),
});

/** An empty listing has no element at all. */
export const listResult = z.union([
  z.literal("").transform(() => ({ result: [] })),
  z.object({
    result: elements(z.looseObject({ fullName: name, type: name, id: name.optional() })).default([]),
  }),
]);

/** A new app may have no consumer yet. */
export const consumers = z.looseObject({
  consumers: z.array(z.looseObject({ id: name, key: text })).nullish(),
});

export const consumer = z.looseObject({ id: name, key: text, secret: text });

/** The answer to a query whose records have these fields. */
export function queryResult(record: z.ZodType) {
  return z
    .looseObject({ records: z.array(record), totalSize: z.int() })
    .refine(({ records, totalSize }) => records.length === totalSize, {
      path: ["records"],
      error: "must be as many as totalSize says",
    });
}

export const tokenAnswer = z.object({
  /** It stands in a header. */
  access_token: z.string().regex(/^[\x21-\x7e]+$/, "must be a token"),
  instance_url: z.url({ protocol: /^https?$/ }),
});
