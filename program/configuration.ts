import { Config } from "@pulumi/pulumi/config.js";
import { RunError } from "@pulumi/pulumi/errors.js";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config.js";
import { assumptionsSchema } from "authenticated-messaging-providers/assumptions.ts";
import { CodedError } from "authenticated-messaging-providers/errors.ts";
import { integrationKind } from "authenticated-messaging-providers/genesys/Integration.ts";
import { messengerConfigurationKind } from "authenticated-messaging-providers/genesys/MessengerConfiguration.ts";
import { messengerDeploymentKind } from "authenticated-messaging-providers/genesys/MessengerDeployment.ts";
import { genesysSettings } from "authenticated-messaging-providers/genesys/settings.ts";
import { externalClientAppKind } from "authenticated-messaging-providers/salesforce/ExternalClientApp.ts";
import { salesforceSettings } from "authenticated-messaging-providers/salesforce/settings.ts";
import {
  describeProblems,
  factsOf,
  readSettings,
  type SettingProblem,
  setting,
  settingProblems,
} from "authenticated-messaging-providers/settings.ts";
import { z } from "zod";
import type { AuthenticatedMessagingArgs } from "../components/AuthenticatedMessaging.ts";

/** Exported by the SDK, but left out of its typings. */
const { isConfigSecret } = runtimeConfig as unknown as { isConfigSecret(fullKey: string): boolean };

const app = externalClientAppKind.inputs.shape;
const messenger = messengerConfigurationKind.inputs.shape;
const deployment = messengerDeploymentKind.inputs.shape;

/** Everything but plain text stands in the stack configuration as JSON. */
function json(schema: z.ZodType) {
  return z.preprocess((text) => (typeof text === "string" ? parsed(text) : text), schema);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const id = z.string().min(1, "must be the vendor's id of the object").optional();

const adopt = z
  .strictObject({
    externalClientApp: id,
    credential: id,
    integration: id,
    configuration: id,
    deployment: id,
    force: z.boolean().optional(),
  })
  .optional();

/** The whole stack configuration: how to reach both vendors, and what the set is to be. */
const configurationSchema = salesforceSettings.safeExtend({
  ...genesysSettings.shape,
  displayName: setting(app.label, { example: "Customer sign-in" }),
  developerName: setting(app.developerName, { example: "Customer_sign_in" }),
  contactEmail: setting(app.contactEmail, { example: "crm-team@acme.example" }),
  description: setting(z.string().optional(), { example: "Sign-in of the web shop's messenger" }),
  callbackUrls: setting(json(app.callbackUrls), { example: '["https://shop.acme.example/signed-in"]' }),
  scopes: setting(json(app.scopes), { example: '["openid", "profile", "email", "refresh_token"]' }),
  pkceRequired: setting(json(app.pkceRequired), { example: "true" }),
  loginHost: setting(app.loginHost, { example: "https://acme.my.site.com/customers" }),
  idToken: setting(json(app.idToken), { example: '{"validityInMinutes": 5}' }),
  policies: setting(json(app.policies), { example: '{"permittedUsers": "AllSelfAuthorized"}' }),
  integrationProperties: setting(json(integrationKind.inputs.shape.properties), { example: "{}" }),
  sessionUpgrade: setting(json(messenger.sessionUpgrade), { example: "false" }),
  languages: setting(json(messenger.languages), { example: '["en-us", "de"]' }),
  defaultLanguage: setting(messenger.defaultLanguage, { example: "en-us" }),
  messenger: setting(json(messenger.messenger), { example: '{"enabled": true}' }),
  allowedDomains: setting(json(deployment.allowedDomains), { example: '["shop.acme.example"]' }),
  allowAllDomains: setting(json(deployment.allowAllDomains), { example: "false" }),
  flowId: setting(deployment.flowId, { example: "2f6a1b1e-6c3f-4c8d-9d55-0f5e3c1b7a90" }),
  adopt: setting(json(adopt), { example: '{"credential": "7de3af06-c0b3-4f9b-af45-72f4a14037cc"}' }),
  assumptions: setting(json(assumptionsSchema), { example: '{"credentialDateMarksWrites": false}' }),
});

/**
 * The set that the stack configuration describes.
 * @throws RunError `CONFIGURATION_INVALID` that names every problem, before anything remote happens
 */
export function readConfiguration(config = new Config()): AuthenticatedMessagingArgs {
  const raw = readSettings(configurationSchema, (key) => config.get(key));
  const result = configurationSchema.safeParse(raw);
  const problems = result.success ? [] : settingProblems(configurationSchema, raw, result.error);
  problems.push(...plainSecrets(config));
  if (result.success && problems.length === 0) return settingsOfSet(result.data);
  const error = new CodedError({
    code: "CONFIGURATION_INVALID",
    what: `The stack configuration has these problems:\n${describeProblems(problems)}`,
    next: "Correct them with `pulumi config set KEY VALUE` (lists by `--path 'KEY[0]'`), then run the command again.",
  });
  // The engine shows a RunError without a stack trace, which would bury the text.
  throw new RunError(error.message);
}

/** The log-ins are for the providers, which read them on their own. */
function settingsOfSet(all: z.infer<typeof configurationSchema>): AuthenticatedMessagingArgs {
  const others = new Set([
    ...Object.keys(salesforceSettings.shape),
    ...Object.keys(genesysSettings.shape),
    "assumptions",
  ]);
  const ofSet = Object.entries(all).filter(([key]) => !others.has(key));
  return Object.fromEntries(ofSet) as unknown as AuthenticatedMessagingArgs;
}

/** Secrets that stand in the stack's file in plain text; Pulumi.yaml cannot demand encryption of an optional key. */
function plainSecrets(config: Config): SettingProblem[] {
  return Object.entries(configurationSchema.shape)
    .map(([key, schema]) => ({ key, ...factsOf(schema as z.ZodType) }))
    .filter(({ key, secret }) => secret && config.get(key) && !isConfigSecret(`${config.name}:${key}`))
    .map(({ key, env, example }) => ({
      key,
      env,
      example,
      rule: "stands in plain text; set it again with --secret",
    }));
}
