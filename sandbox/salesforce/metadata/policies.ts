import { checkParent } from "./components.ts";
import {
  complex,
  flag,
  int,
  type MetadataType,
  oneOf,
  parentField,
  SaveError,
  text,
} from "./metadataType.ts";

/** Who may sign in by an app, and how long their tokens live. */
export const oauthPolicies: MetadataType = {
  name: "ExtlClntAppOauthConfigurablePolicies",
  since: 59,
  directory: "extlClntAppOauthPolicies",
  suffix: "ecaOauthPlcy",
  idPrefix: "0xQ",
  permission: "ExternalClientAppAdmin",
  fields: {
    apexHandler: text(61),
    clientCredentialsFlowUser: text(60),
    commaSeparatedCustomScopes: text(61),
    commaSeparatedPermissionSet: text(58),
    commaSeparatedProfile: text(62),
    customAttributes: complex(59, { formula: text(59), key: text(59) }, { max: 128 }),
    executeHandlerAs: text(61),
    externalClientApplication: parentField,
    guestJwtSessionTimeoutType: oneOf(65, "UserSession", "Custom"),
    guestJwtTimeout: int(61),
    ipRelaxationPolicyType: text(57),
    isClientCredentialsFlowEnabled: flag(60),
    isGuestCodeCredFlowEnabled: flag(61),
    isNamedUserJwtEnabled: flag(61, { until: 63 }),
    isTokenExchangeFlowEnabled: flag(60),
    label: text(57),
    namedUserJwtSessionTimeoutType: oneOf(65, "UserSession", "Custom"),
    namedUserJwtTimeout: int(61),
    permittedUsersPolicyType: oneOf(57, "AllSelfAuthorized", "AdminApprovedPreAuthorized"),
    policyAction: oneOf(58, "Block", "RaiseSessionLevel"),
    refreshTokenPolicyType: oneOf(57, "Infinite", "Zero", "SpecificLifetime", "SpecificInactivity"),
    refreshTokenValidityPeriod: int(57),
    refreshTokenValidityUnit: text(57),
    requiredSessionLevel: oneOf(58, "LOW", "STANDARD", "HIGH_ASSURANCE"),
    sessionTimeoutInMinutes: int(58),
    singleLogoutUrl: text(57),
    startUrl: text(57),
  },
  defaults: {
    ipRelaxationPolicyType: "Enforce",
    isClientCredentialsFlowEnabled: false,
    isGuestCodeCredFlowEnabled: false,
    isTokenExchangeFlowEnabled: false,
    permittedUsersPolicyType: "AllSelfAuthorized",
    refreshTokenPolicyType: "Infinite",
  },
  beforeSave: (org, policies, before) => {
    checkParent(org, policies, before);
    checkChoice(policies.fields, "ipRelaxationPolicyType", [
      "Enforce",
      "Bypass",
      "Bypass_2factor",
      "Enforce_RelaxRefresh",
    ]);
    checkChoice(policies.fields, "refreshTokenValidityUnit", ["Days", "Hours", "Months"]);
  },
};

/** These are free text in the WSDL, so that the org and not the schema refuses another value. */
function checkChoice(fields: Record<string, unknown>, name: string, choices: string[]) {
  const value = fields[name];
  if (value === undefined || choices.includes(String(value))) return;
  throw new SaveError(
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    `${name}: bad value for restricted picklist field: ${value}`,
    name,
  );
}

/** The switches of an app and of its plugins. */
export const pluginPolicies: MetadataType = {
  name: "ExtlClntAppConfigurablePolicies",
  since: 60,
  directory: "extlClntAppPolicies",
  suffix: "ecaPlcy",
  idPrefix: "0xP",
  permission: "ExternalClientAppAdmin",
  fields: {
    externalClientApplication: { ...parentField, since: 60 },
    isCanvasPluginEnabled: flag(65),
    isEnabled: flag(60, { required: true }),
    isMobilePluginEnabled: flag(62),
    isNotificationPluginEnabled: flag(61),
    isOauthPluginEnabled: flag(60),
    isPushPluginEnabled: flag(62),
    isSamlPluginEnabled: flag(63),
    label: text(60),
    startPage: oneOf(62, "None", "Custom", "OAuth", "SAML"),
    startUrl: text(62),
  },
  defaults: {
    isCanvasPluginEnabled: true,
    isMobilePluginEnabled: true,
    isNotificationPluginEnabled: true,
    isOauthPluginEnabled: true,
    isPushPluginEnabled: true,
    isSamlPluginEnabled: true,
  },
  beforeSave: checkParent,
};
