import type { GenesysAssumptions } from "../assumptions.ts";
import type { Delays } from "../delays.ts";
import type { Faults } from "../faults/faults.ts";
import type { Ledger } from "../ledger.ts";
import type { Store } from "../store.ts";
import type { OAuthClient } from "./clients.ts";
import { ApiError, notFound } from "./errors.ts";

/** A JSON object whose members the API description, not the code, knows. */
export type Document = Record<string, unknown>;

export interface StoredCredential {
  id: string;
  name: string;
  /** Name of the credential type. */
  type: string;
  fields: Record<string, string>;
  createdDate: string;
  modifiedDate: string;
}

export interface StoredIntegration {
  id: string;
  typeId: string;
  intendedState: string;
  /** When `intendedState` last changed; absent as long as it never did. */
  switchedAt?: string;
  /** Set by a fault: it ends in ERROR instead of ACTIVE, until it is switched again. */
  activationFails?: boolean;
  config: {
    name: string;
    version: number;
    properties: Document;
    advanced: Document;
    notes: string;
    /** Credential key to credential id. */
    credentials: Record<string, string>;
  };
}

export interface StoredConfiguration {
  id: string;
  dateCreated: string;
  draft: Document;
  /** When the draft was last written: it is Pending for a while afterwards. */
  draftWrittenAt: string;
  /** Set by a fault: the draft ends in Error instead of Active, until it is written again. */
  activationFails?: boolean;
  /** Version n is `published[n - 1]`; never changed once there. */
  published: { document: Document; datePublished: string }[];
}

export interface StoredDeployment {
  id: string;
  name: string;
  description?: string;
  allowAllDomains: boolean;
  allowedDomains: string[];
  flow?: { id: string };
  supportedContent?: { id: string };
  pushIntegrations?: { id: string; provider: string }[];
  configuration: { id: string; version: string };
  intendedStatus: "Active" | "Inactive";
  dateCreated: string;
  dateModified: string;
  /** Until then an Active deployment is still Pending. */
  pendingUntil: string;
  /** Set by a fault: it ends in Error instead of Active, until it is written again. */
  activationFails?: boolean;
  identityResolution: Document;
}

/** A signed-in visitor, as long as the refresh token lives. */
export interface GuestSession {
  deploymentId: string;
  integrationId: string;
  subject: string;
  refreshToken: string;
  /** ISO dates. */
  expiresAt: string;
  providerAccessExpiresAt: string;
  providerRefreshToken: string;
}

/** Everything one Genesys Cloud org remembers; plain JSON, objects by their id. */
export interface GenesysState {
  credentials: Record<string, StoredCredential>;
  integrations: Record<string, StoredIntegration>;
  configurations: Record<string, StoredConfiguration>;
  deployments: Record<string, StoredDeployment>;
  guestSessions: Record<string, GuestSession>;
  /** Ids (`jti`) of guest tokens that were revoked. */
  revokedGuestTokens: string[];
  /** Signs guest tokens; a JSON Web Key pair, made at the first sign-in. */
  guestKey?: Document;
  /** API access tokens. */
  accessTokens: Record<string, { clientId: string; expiresAt: string }>;
}

export const emptyOrg = (): GenesysState => ({
  credentials: {},
  integrations: {},
  configurations: {},
  deployments: {},
  guestSessions: {},
  revokedGuestTokens: [],
  accessTokens: {},
});

/** The org as the operations see it. */
export interface Org {
  clients: readonly OAuthClient[];
  store: Store<GenesysState>;
  delays: Delays;
  assumptions: GenesysAssumptions;
  ledger: Ledger;
  faults?: Faults;
  /** Where the org is reached, without a trailing slash. */
  url: string;
}

/** One request that passed the API description's checks. */
export interface Call {
  params: Record<string, string>;
  query: Document;
  /** Without properties that are read-only. */
  body: Document;
  /** Correlation id of the answer. */
  contextId: string;
  authorization: string | undefined;
  origin: string | undefined;
}

/** Answers one operation of the API, or throws an `ApiError`. Keyed by the description's operation id. */
export type Operations = Record<string, (call: Call) => unknown>;

/** The object with this id, if there is one. Ids come from outside: `constructor` is not one. */
export function found<Kind>(objects: Record<string, Kind>, id: string): Kind | undefined {
  return Object.hasOwn(objects, id) ? objects[id] : undefined;
}

/** The object with this id, or the vendor's not-found. */
export function existing<Kind>(objects: Record<string, Kind>, kind: string, id: string): Kind {
  const object = found(objects, id);
  if (object === undefined) throw notFound(kind, id);
  return object;
}

/** Refuses a name that another object has, where the vendor is assumed to do so. */
export function checkName(org: Org, kind: string, name: string, others: readonly string[]): void {
  if (org.assumptions.duplicateNames.chosen === "allowed" || !others.includes(name)) return;
  throw new ApiError(409, "general.conflict", `A ${kind} named "${name}" already exists.`);
}

/** Now as an ISO date, but later than `previous`, so that two changes never share a date. */
export function now(previous?: string): string {
  const earliest = previous === undefined ? 0 : Date.parse(previous) + 1;
  return new Date(Math.max(Date.now(), earliest)).toISOString();
}

export const after = (date: string, ms: number): string => new Date(Date.parse(date) + ms).toISOString();

export const isPast = (date: string): boolean => Date.parse(date) <= Date.now();
