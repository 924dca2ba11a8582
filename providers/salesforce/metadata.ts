import type { MetadataRecord } from "./connection.ts";

/** The metadata types that make up one External Client App. */
export const types = {
  app: "ExternalClientApplication",
  oauth: "ExtlClntAppOauthSettings",
  global: "ExtlClntAppGlobalOauthSettings",
  policies: "ExtlClntAppOauthConfigurablePolicies",
  appPolicies: "ExtlClntAppConfigurablePolicies",
} as const;

/** Names as Salesforce's own Setup gives them. Policies are made by Salesforce, under a name of its choice. */
export const componentNames = {
  oauth: (developerName: string) => `${developerName}_oauth`,
  global: (developerName: string) => `${developerName}_glbloauth`,
  policies: (developerName: string) => `${developerName}_oauthPlcy`,
};

/** OAuth spelling -> metadata spelling, for the scopes in which they differ in more than case. */
const scopeNames: Readonly<Record<string, string>> = {
  openid: "OpenID",
  profile: "Profile",
  email: "Email",
  address: "Address",
  phone: "Phone",
  id: "Basic",
  api: "Api",
  web: "Web",
  full: "Full",
  refresh_token: "RefreshToken",
  offline_access: "OfflineAccess",
};
const oauthNames = Object.fromEntries(
  Object.entries(scopeNames).map(([oauth, metadata]) => [metadata, oauth]),
);

export const knownScopes = Object.keys(scopeNames);

export function scopesToText(scopes: readonly string[]): string {
  return scopes.map((scope) => scopeNames[scope] ?? scope).join(", ");
}

export function scopesFromText(text: unknown): string[] {
  return listFrom(text, ",").map((name) => oauthNames[name] ?? name);
}

export function listFrom(text: unknown, separator: string): string[] {
  return String(text ?? "")
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Answers hold text: "true", "false"; absent means that the org has no value. */
export function flagFrom(value: unknown): boolean | undefined {
  return value === undefined || value === null ? undefined : String(value) === "true";
}

export function numberFrom(value: unknown): number | undefined {
  return value === undefined || value === null || value === "" ? undefined : Number(value);
}

export function textFrom(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/**
 * What is read must not all be sent back: stale links are refused, a secret or a rotation is never asked for by
 * accident, and some fields belong to the platform.
 */
const neverSent = new Set([
  "consumerSecret",
  "managedType",
  "oauthLink",
  "orgScopedExternalApp",
  "shouldRotateConsumerKey",
  "shouldRotateConsumerSecret",
]);

/**
 * The whole record with changes, since an update may reset what it leaves out; elements in the schema's order.
 * @param changes undefined leaves what is present
 */
export function recordOf(
  fullName: string,
  present: Partial<MetadataRecord>,
  changes: Record<string, unknown>,
): MetadataRecord {
  const declared = Object.entries(changes).filter(([, value]) => value !== undefined);
  const fields = Object.entries({ ...present, ...Object.fromEntries(declared) })
    .filter(([name, value]) => name !== "fullName" && !neverSent.has(name) && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { fullName, ...Object.fromEntries(fields) };
}
