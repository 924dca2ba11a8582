/**
 * The log-ins of the sandbox. They are public on purpose: they open nothing but the sandbox, which listens on
 * loopback only.
 */

/** The integration user whose tools build the External Client Apps. May read and write everything. */
export const salesforceAdmin = {
  clientId: "sandbox-salesforce-admin",
  clientSecret: "sandbox-salesforce-admin-secret",
  username: "admin@sandbox.example",
  accessToken: "00DSB0000000001!sandbox-only.admin",
} as const;

/** An integration user who may read metadata and records, but neither change metadata nor see client secrets. */
export const salesforceReadOnly = {
  clientId: "sandbox-salesforce-readonly",
  clientSecret: "sandbox-salesforce-readonly-secret",
  username: "readonly@sandbox.example",
} as const;

/** The person who signs in on the web page. */
export const visitor = {
  username: "visitor@sandbox.example",
  password: "sandbox-visitor",
} as const;

/** The OAuth client of the tools that build the Genesys members. */
export const genesysClient = {
  clientId: "sandbox-genesys-client",
  clientSecret: "sandbox-genesys-secret",
} as const;

/** An OAuth client whose roles permit reading only. */
export const genesysReadOnlyClient = {
  clientId: "sandbox-genesys-readonly",
  clientSecret: "sandbox-genesys-readonly-secret",
} as const;
