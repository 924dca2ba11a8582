import type { Application, Directory } from "../identityProvider/directory.ts";
import { consumerByKey, oauthLink, spreadCallbackUrl } from "./consumers.ts";
import { customAttributes } from "./customAttributes.ts";
import type { LoginHost } from "./loginHost.ts";
import { childOf } from "./metadata/components.ts";
import { callbackUrls } from "./metadata/globalOauthSettings.ts";
import { grantableScopes } from "./oauthScopes.ts";
import { identityUrl, type Org } from "./org.ts";
import type { Component, Consumer, Credentials, FieldValues, User } from "./state.ts";
import { salesforceTokenFields } from "./tokens.ts";

const DAY = 24 * 60 * 60;
const SECONDS: Record<string, number> = { Hours: 60 * 60, Days: DAY, Months: 30 * DAY };
const WITHOUT_END = 10 * 365 * DAY;
const DEFAULT_ID_TOKEN_MINUTES = 2;

/** The users and External Client Apps of an org, as the authorization server of a login host sees them. */
export function directoryOf(org: Org, host: LoginHost): Directory {
  return {
    application: (clientId) => findApplication(org, clientId),
    logIn: (username, password) => {
      const user = org.store.state.users.find(
        (candidate) => candidate.username === username && candidate.password === password,
      );
      return user?.isActive ? identityUrl(org, user, host.identityUrl) : undefined;
    },
    claims: (subject) => {
      const user = userOf(org, subject);
      // Whom one login host has vouched for has the same name at the other.
      return user && { ...claimsOf(org, user), sub: subject };
    },
    tokenFields: (subject, clientSecret) => {
      const { siteId: sfdc_community_id, url: sfdc_community_url } = host;
      return {
        ...salesforceTokenFields(org, subject, clientSecret),
        ...(sfdc_community_id && { sfdc_community_id, sfdc_community_url }),
      };
    },
  };
}

/** The user whom an identity URL names. */
function userOf(org: Org, subject: string | undefined): User | undefined {
  return org.store.state.users.find((user) => user.id === subject?.split("/").at(-1));
}

function findApplication(org: Org, clientId: string): Application | undefined {
  const found = consumerByKey(org, clientId);
  const settings = found && childOf(org, found.consumer.app, "ExtlClntAppGlobalOauthSettings");
  return found && settings && application(org, found.consumer, found.credentials, settings);
}

function application(
  org: Org,
  consumer: Consumer,
  credentials: Credentials,
  { fields }: Component,
): Application {
  const idToken = (fields.idTokenConfig ?? {}) as FieldValues;
  return {
    clientId: credentials.key,
    clientSecret: credentials.secret,
    redirectUris: callbackUrls(spreadCallbackUrl(org, consumer, fields.callbackUrl)),
    scopes: linkedScopes(org, consumer),
    isPkceRequired: fields.isPkceRequired === true,
    isSecretOptional: {
      authorization_code: fields.isConsumerSecretOptional === true,
      refresh_token: fields.isSecretRequiredForRefreshToken === false,
    },
    isRefreshTokenRotationEnabled: fields.isRefreshTokenRotationEnabled === true,
    mayIntrospectAllTokens: fields.isIntrospectAllTokens === true,
    refreshTokenSeconds: refreshTokenSeconds(org, consumer.app),
    idTokenSeconds: (Number(idToken.idTokenValidityInMinutes) || DEFAULT_ID_TOKEN_MINUTES) * 60,
    idTokenAudience: String(idToken.idTokenAudience ?? "")
      .split(/[,\s]+/)
      .filter((name) => name !== ""),
    idTokenHasStandardClaims: idToken.idTokenIncludeStandardClaims === true,
    idTokenAttributes: (subject) =>
      idToken.idTokenIncludeAttributes === true ? idTokenAttributes(org, consumer.app, subject) : {},
    refusal: (subject) => refusal(org, consumer.app, userOf(org, subject)),
  };
}

/** The scopes of the app's OAuth settings; none when their link does not lead to the app's consumer. */
function linkedScopes(org: Org, consumer: Consumer): ReadonlySet<string> {
  const settings = childOf(org, consumer.app, "ExtlClntAppOauthSettings");
  if (settings?.fields.oauthLink !== oauthLink(org, consumer)) return new Set();
  return grantableScopes(settings.fields.commaSeparatedOauthScopes);
}

/** The custom attributes of an app; its administrator's, in the policies, come before its developer's. */
function idTokenAttributes(org: Org, app: string, subject: string): Record<string, unknown> {
  const user = userOf(org, subject);
  if (user === undefined) return {};
  const settings = childOf(org, app, "ExtlClntAppOauthSettings")?.fields ?? {};
  const attributes = { ...customAttributes(settings, user), ...customAttributes(policiesOf(org, app), user) };
  return org.assumptions.customAttributes.chosen === "custom_attributes"
    ? { custom_attributes: attributes }
    : attributes;
}

function policiesOf(org: Org, app: string): FieldValues {
  return childOf(org, app, "ExtlClntAppOauthConfigurablePolicies")?.fields ?? {};
}

function refreshTokenSeconds(org: Org, app: string): number {
  const { refreshTokenPolicyType, refreshTokenValidityPeriod, refreshTokenValidityUnit } = policiesOf(
    org,
    app,
  );
  if (refreshTokenPolicyType === "Zero") return 0;
  const unit = SECONDS[String(refreshTokenValidityUnit)];
  const isLimited = refreshTokenPolicyType !== undefined && refreshTokenPolicyType !== "Infinite";
  return isLimited && unit !== undefined ? Number(refreshTokenValidityPeriod) * unit : WITHOUT_END;
}

function refusal(org: Org, app: string, user: User | undefined): string | undefined {
  const switches = childOf(org, app, "ExtlClntAppConfigurablePolicies")?.fields;
  if (switches?.isEnabled === false || switches?.isOauthPluginEnabled === false) {
    return "this app is blocked by admin";
  }
  if (user === undefined) return undefined;
  if (!user.isActive) return "inactive user";
  const policies = policiesOf(org, app);
  const preAuthorized = policies.permittedUsersPolicyType === "AdminApprovedPreAuthorized";
  return preAuthorized && !isAdmitted(user, policies)
    ? "user is not admin approved to access this app"
    : undefined;
}

function isAdmitted(
  user: User,
  { commaSeparatedProfile, commaSeparatedPermissionSet }: FieldValues,
): boolean {
  const named = (list: unknown) => String(list ?? "").split(/, ?/);
  const permissionSets = named(commaSeparatedPermissionSet);
  return (
    named(commaSeparatedProfile).includes(user.profile) ||
    user.permissionSets.some((permissionSet) => permissionSets.includes(permissionSet))
  );
}

/** What userinfo answers about a user. */
export function claimsOf(org: Org, user: User) {
  const sub = identityUrl(org, user);
  const name = `${user.firstName} ${user.lastName}`;
  return {
    sub,
    user_id: user.id,
    organization_id: org.store.state.orgId,
    preferred_username: user.username,
    nickname: user.firstName,
    name,
    given_name: user.firstName,
    family_name: user.lastName,
    email: user.email,
    email_verified: true,
    phone_number: "",
    phone_number_verified: false,
    address: { country: "DE" },
    profile: `${org.url}/${user.id}`,
    picture: `${org.url}/profilephoto/005/F`,
    zoneinfo: "Europe/Berlin",
    locale: "en_US",
    updated_at: "2026-01-01T00:00:00Z",
    active: user.isActive,
    user_type: "STANDARD",
  };
}
