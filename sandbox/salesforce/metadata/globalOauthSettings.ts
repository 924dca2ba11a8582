import {
  consumerOf,
  createConsumer,
  forgetConsumer,
  keyIsTaken,
  oauthLink,
  replaceCallbackUrl,
  rotateKey,
  rotateSecret,
} from "../consumers.ts";
import type { Org } from "../org.ts";
import type { Component, FieldValues } from "../state.ts";
import { checkParent, childOf, parentName } from "./components.ts";
import {
  complex,
  flag,
  int,
  type MetadataType,
  parentField,
  SaveError,
  type Sent,
  text,
} from "./metadataType.ts";

/** The OAuth consumer of an app: where it may redirect to, how it must prove itself, its key and secret. */
export const globalOauthSettings: MetadataType = {
  name: "ExtlClntAppGlobalOauthSettings",
  since: 59,
  directory: "extlClntAppGlobalOauthSets",
  suffix: "ecaGlblOauth",
  idPrefix: "0xG",
  permission: "ExternalClientAppDeveloper",
  fields: {
    callbackUrl: text(58),
    certificate: text(60),
    consumerKey: text(58),
    consumerSecret: text(58),
    externalClientApplication: parentField,
    idTokenConfig: complex(58, {
      idTokenAudience: text(56),
      idTokenIncludeAttributes: flag(59),
      idTokenIncludeCustomPermissions: flag(61),
      idTokenIncludeStandardClaims: flag(56),
      idTokenValidityInMinutes: int(58),
    }),
    isClientCredentialsFlowEnabled: flag(60),
    isCodeCredFlowEnabled: flag(61),
    isCodeCredPostOnly: flag(61),
    isConsumerSecretOptional: flag(58),
    isDeviceFlowEnabled: flag(60),
    isEnforceRefreshTokenTTL: flag(67),
    isIntrospectAllTokens: flag(58),
    isNamedUserJwtEnabled: flag(61),
    isPkceRequired: flag(59),
    isRefreshTokenRotationEnabled: flag(60),
    isSecretRequiredForRefreshToken: flag(58),
    isSecretRequiredForTokenExchange: flag(60),
    isTokenExchangeEnabled: flag(60),
    label: text(58),
    shouldRotateConsumerKey: flag(59),
    shouldRotateConsumerSecret: flag(59),
  },
  defaults: {
    isClientCredentialsFlowEnabled: false,
    isCodeCredFlowEnabled: false,
    isCodeCredPostOnly: false,
    isConsumerSecretOptional: false,
    isDeviceFlowEnabled: false,
    isIntrospectAllTokens: false,
    isNamedUserJwtEnabled: false,
    isPkceRequired: true,
    isRefreshTokenRotationEnabled: false,
    isSecretRequiredForRefreshToken: true,
    isTokenExchangeEnabled: false,
  },
  beforeSave: (org, settings, before) => {
    checkParent(org, settings, before);
    checkCallbackUrls(org, settings);
    checkIdTokenConfig(settings);
    checkCertificate(settings);
    if (org.assumptions.pkceSwitch.chosen === "forced on") settings.fields.isPkceRequired = true;
    if (before === undefined) makeConsumer(org, settings);
    else changeConsumer(org, settings, before);
  },
  afterChange: rotate,
  beforeDelete: dropConsumer,
  shown: showConsumer,
};

function checkCallbackUrls(org: Org, settings: Component) {
  const { callbackUrl } = settings.fields;
  if (callbackUrl === undefined) return;
  const urls = callbackUrls(String(callbackUrl));
  const wrong = urls.find((url) => !isAllowedCallback(url));
  const limit = org.assumptions.callbackUrlLimit.chosen;
  if (wrong !== undefined) {
    const code = org.assumptions.invalidCallbackCode.chosen;
    throw new SaveError(code, `Invalid Callback URL: ${wrong}. Use https.`, "callbackUrl");
  }
  if (String(callbackUrl).length > limit) {
    throw new SaveError(
      "STRING_TOO_LONG",
      `Callback URL: data value too large (max length=${limit})`,
      "callbackUrl",
    );
  }
}

/** The redirect URIs, one a line in the metadata. */
export function callbackUrls(callbackUrl: string): string[] {
  const lines = callbackUrl.split("\n");
  return lines.map((line) => line.trim()).filter((line) => line !== "");
}

/** https, or http on a loopback host; no fragment. */
function isAllowedCallback(url: string): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || url.includes("#") || /\s/.test(url)) return false;
  const loopback = ["localhost", "127.0.0.1", "[::1]"].includes(parsed.hostname);
  return parsed.protocol === "https:" || (parsed.protocol === "http:" && loopback);
}

function checkIdTokenConfig(settings: Component) {
  const { idTokenValidityInMinutes } = (settings.fields.idTokenConfig ?? {}) as FieldValues;
  if (idTokenValidityInMinutes === undefined) return;
  const minutes = Number(idTokenValidityInMinutes);
  if (minutes >= 0 && minutes <= 720) return;
  throw new SaveError(
    "NUMBER_OUTSIDE_VALID_RANGE",
    `ID token validity must be 1 to 720 minutes, got ${minutes}`,
    "idTokenValidityInMinutes",
  );
}

function checkCertificate(settings: Component) {
  const { certificate } = settings.fields;
  const body = String(certificate ?? "").replace(/-----(BEGIN|END) CERTIFICATE-----/g, "");
  if (certificate === undefined || /^[A-Za-z0-9+/=\s]+$/.test(body)) return;
  throw new SaveError("FIELD_INTEGRITY_EXCEPTION", "The certificate is not valid.", "certificate");
}

function makeConsumer(org: Org, settings: Component) {
  const { consumerKey: key, consumerSecret: secret } = settings.fields as Record<string, string>;
  const supplied = key !== undefined || secret !== undefined;
  if (supplied && org.assumptions.suppliedCredentials.chosen === "refused") {
    throw new SaveError("FIELD_INTEGRITY_EXCEPTION", "You cannot provide a Consumer Key", "consumerKey");
  }
  if (key !== undefined && keyIsTaken(org, key)) {
    throw new SaveError("DUPLICATE_VALUE", "The consumer key is already taken.", "consumerKey");
  }
  const app = parentName(settings);
  const consumer = createConsumer(org, app, { key, secret });
  const siblings = childOf(org, app, "ExtlClntAppOauthSettings");
  if (siblings) siblings.fields.oauthLink = oauthLink(org, consumer);
  keepOutOfComponent(settings);
}

function changeConsumer(org: Org, settings: Component, before: Component) {
  const consumer = consumerOf(org, parentName(settings));
  const { consumerKey, consumerSecret } = settings.fields;
  if (consumerKey !== undefined && consumerKey !== consumer?.key) {
    throw new SaveError("FIELD_INTEGRITY_EXCEPTION", "The consumer key cannot be changed.", "consumerKey");
  }
  if (consumerSecret !== undefined && consumerSecret !== consumer?.secret) {
    throw new SaveError(
      "FIELD_INTEGRITY_EXCEPTION",
      "The consumer secret cannot be changed.",
      "consumerSecret",
    );
  }
  const { callbackUrl } = before.fields;
  if (consumer && callbackUrl !== settings.fields.callbackUrl) replaceCallbackUrl(org, consumer, callbackUrl);
  keepOutOfComponent(settings);
}

/** Each deploy with a flag set rotates, and warns of it; the old value is dead at once. */
function rotate(org: Org, settings: Component, sent: Sent, by: "call" | "deploy"): string[] {
  const consumer = consumerOf(org, parentName(settings));
  if (consumer === undefined) return [];
  if (by === "call" && org.assumptions.rotateFlags.chosen === "ignored") return [];
  const warnings: string[] = [];
  if (sent.shouldRotateConsumerKey === true) {
    rotateKey(consumer);
    warnings.push("The consumer key is rotated. Clients that use the old one can no longer log in.");
  }
  if (sent.shouldRotateConsumerSecret === true) {
    rotateSecret(consumer);
    warnings.push("The consumer secret is rotated. Clients that use the old one can no longer log in.");
  }
  return warnings;
}

/** The consumer holds the pair, and the flags are orders, not settings. */
function keepOutOfComponent({ fields }: Component) {
  delete fields.consumerKey;
  delete fields.consumerSecret;
  delete fields.shouldRotateConsumerKey;
  delete fields.shouldRotateConsumerSecret;
}

function dropConsumer(org: Org, settings: Component) {
  const app = parentName(settings);
  forgetConsumer(org, app);
  delete childOf(org, app, "ExtlClntAppOauthSettings")?.fields.oauthLink;
}

/** The key is readable; the secret and the certificate are not. */
function showConsumer(org: Org, settings: Component): FieldValues {
  const { certificate: _, ...shown } = settings.fields;
  const key = consumerOf(org, parentName(settings))?.key;
  const rotate = { shouldRotateConsumerKey: false, shouldRotateConsumerSecret: false };
  return { ...shown, ...rotate, ...(key === undefined ? {} : { consumerKey: key }) };
}
