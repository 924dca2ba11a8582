import { consumerOf, oauthLink } from "../consumers.ts";
import { OAUTH_SCOPES, scopeTokens } from "../oauthScopes.ts";
import { nextId, type Org } from "../org.ts";
import type { Component, FieldValues } from "../state.ts";
import { checkParent, childOf, parentName } from "./components.ts";
import { complex, flag, int, type MetadataType, parentField, SaveError, text } from "./metadataType.ts";

const MOST = { max: 128 };

/** The scopes of an app, and what ties the app to its OAuth consumer. */
export const oauthSettings: MetadataType = {
  name: "ExtlClntAppOauthSettings",
  since: 59,
  directory: "extlClntAppOauthSettings",
  suffix: "ecaOauth",
  idPrefix: "0xO",
  permission: "ExternalClientAppDeveloper",
  fields: {
    areAttributesIncludedInAssetToken: flag(61),
    areCustomPermsIncludedInAssetToken: flag(61),
    assetTokenAudiences: text(61),
    assetTokenSigningCertificate: text(61),
    assetTokenValidity: int(61),
    clientAssertionCertificate: text(62),
    commaSeparatedCustomScopes: text(61),
    commaSeparatedOauthScopes: text(58),
    customAttributes: complex(59, { formula: text(59), key: text(59) }, MOST),
    externalClientApplication: parentField,
    isFirstPartyAppEnabled: flag(62),
    label: text(57),
    oauthLink: text(57),
    singleLogoutUrl: text(59),
    trustedIpRanges: complex(
      58,
      { description: text(58), endIpAddress: text(58), startIpAddress: text(58) },
      MOST,
    ),
  },
  defaults: {
    areAttributesIncludedInAssetToken: false,
    areCustomPermsIncludedInAssetToken: false,
    isFirstPartyAppEnabled: false,
  },
  beforeSave: (org, settings, before) => {
    checkParent(org, settings, before);
    checkScopes(settings);
    linkToConsumer(org, settings);
  },
  afterCreate: createDefaultPolicies,
};

function checkScopes(settings: Component) {
  const unknown = scopeTokens(settings.fields.commaSeparatedOauthScopes).filter(
    (token) => OAUTH_SCOPES[token] === undefined,
  );
  if (unknown.length === 0) return;
  throw new SaveError(
    "FIELD_INTEGRITY_EXCEPTION",
    `Invalid OAuth scope: ${unknown.join(", ")}`,
    "commaSeparatedOauthScopes",
  );
}

/** The platform writes the link; a stale one, for example from another org, is refused. */
function linkToConsumer(org: Org, settings: Component) {
  const consumer = consumerOf(org, parentName(settings));
  const generated = consumer && oauthLink(org, consumer);
  if (settings.fields.oauthLink === undefined && generated !== undefined) {
    settings.fields.oauthLink = generated;
  }
  if (settings.fields.oauthLink === generated) return;
  throw new SaveError(
    "FIELD_INTEGRITY_EXCEPTION",
    `We couldn't load the OAuth plugin: oauthLink ${settings.fields.oauthLink} doesn't exist in this org.`,
    "oauthLink",
  );
}

/** Deploying the OAuth settings enables the OAuth plugin, with policies of its own unless there are some. */
function createDefaultPolicies(org: Org, settings: Component) {
  const app = parentName(settings);
  addUnlessThere(org, settings, "ExtlClntAppConfigurablePolicies", "0xP", `${app}_defaultPolicy`, {
    isEnabled: true,
    isOauthPluginEnabled: true,
  });
  const oauthPolicies = `${settings.fullName}_defaultPolicy`;
  addUnlessThere(org, settings, "ExtlClntAppOauthConfigurablePolicies", "0xQ", oauthPolicies, {
    ipRelaxationPolicyType: "Enforce",
    permittedUsersPolicyType: "AllSelfAuthorized",
    refreshTokenPolicyType: "Infinite",
  });
}

function addUnlessThere(
  org: Org,
  { createdAt, createdBy, modifiedAt, modifiedBy, ...settings }: Component,
  type: string,
  idPrefix: string,
  fullName: string,
  fields: FieldValues,
) {
  const externalClientApplication = String(settings.fields.externalClientApplication);
  if (childOf(org, externalClientApplication, type)) return;
  org.store.state.components.push({
    id: nextId(org, idPrefix),
    type,
    fullName,
    fields: { externalClientApplication, label: fullName, ...fields },
    createdAt,
    createdBy,
    modifiedAt,
    modifiedBy,
  });
}
