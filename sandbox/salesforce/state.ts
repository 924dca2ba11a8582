import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import type { JWK } from "jose";
import { salesforceAdmin, salesforceReadOnly, visitor } from "../accounts.ts";
import { recordId, withChecksum } from "./recordId.ts";

/** What a user may do, by the API names of the permissions. */
export type Permission =
  | "ModifyMetadata"
  | "ExternalClientAppViewer"
  | "ExternalClientAppDeveloper"
  | "ExternalClientAppAdmin"
  | "ViewClientSecret";

export interface User {
  /** 18 characters, `005…`. */
  id: string;
  username: string;
  /** Absent: cannot use the login form. In clear text, since it is public (`sandbox/accounts.ts`). */
  password?: string;
  firstName: string;
  lastName: string;
  email: string;
  isActive: boolean;
  profile: string;
  permissionSets: string[];
  permissions: Permission[];
}

/** Values as the Metadata API types them; `undefined` never occurs, an absent field has no key. */
export type FieldValue = string | boolean | number | FieldValues | FieldValues[];
export interface FieldValues {
  [field: string]: FieldValue;
}

/** One metadata component as it is kept. What is generated or secret about an OAuth client is in `Consumer`. */
export interface Component {
  id: string;
  type: string;
  fullName: string;
  fields: FieldValues;
  /** ISO dates and user names, as listMetadata shows them. */
  createdAt: string;
  createdBy: string;
  modifiedAt: string;
  modifiedBy: string;
}

/** One pair of OAuth client id and client secret. */
export interface Credentials {
  key: string;
  secret: string;
}

/** The second slot of a consumer: the pair that comes next, or the pair that was replaced. */
export interface StagedCredentials extends Credentials {
  id: string;
  state: "Active" | "Rotated";
  createdBy: string;
  /** ISO dates. */
  createdAt: string;
  expiresAt: string;
}

/** The OAuth consumer of one External Client App; it exists as long as the global OAuth settings do. */
export interface Consumer extends Credentials {
  /** 18 characters, `888…`. */
  id: string;
  /** Developer name of the External Client App. */
  app: string;
  /** Epoch milliseconds; the key works some time after it (`Delays.clientPropagationMs`). */
  keySince: number;
  staged?: StagedCredentials;
}

/** An API session: who holds which access token. */
export interface Session {
  accessToken: string;
  userId: string;
  /** Epoch milliseconds; absent: never, for the sandbox's fixed access token. */
  expiresAt?: number;
}

/** Something that the authorization server remembers: a refresh token, a grant, a browser session. */
export interface Artifact {
  payload: Record<string, unknown>;
  /** Epoch milliseconds. */
  expiresAt: number;
}

/** Everything one Salesforce org remembers, as plain JSON. */
export interface SalesforceState {
  /** 18 characters, `00D…`. */
  orgId: string;
  lastRecord: number;
  users: User[];
  components: Component[];
  consumers: Consumer[];
  sessions: Session[];
  /** PEM; the pair of the admin client for the JWT bearer flow. The private half is handed out by the sandbox. */
  adminKeyPair: { privateKey: string; publicKey: string };
  /** Private JWKs that sign ID tokens. */
  signingKeys: JWK[];
  cookieKeys: string[];
  artifacts: Record<string, Artifact>;
}

/** A fresh org: an admin, a user who may only read, a visitor, and fresh keys. */
export function initialSalesforceState(): SalesforceState {
  const admin = user(1, salesforceAdmin.username, "Sandbox", "Admin", [
    "ModifyMetadata",
    "ExternalClientAppViewer",
    "ExternalClientAppDeveloper",
    "ExternalClientAppAdmin",
    "ViewClientSecret",
  ]);
  const readOnly = user(2, salesforceReadOnly.username, "Read", "Only", [
    "ModifyMetadata",
    "ExternalClientAppViewer",
  ]);
  const person = { ...user(3, visitor.username, "Vera", "Visitor", []), password: visitor.password };
  return {
    orgId: withChecksum("00DSB0000000001"),
    lastRecord: 100,
    users: [admin, readOnly, person],
    components: [orgSettings(admin)],
    consumers: [],
    sessions: [{ accessToken: salesforceAdmin.accessToken, userId: admin.id }],
    adminKeyPair: pemKeyPair(),
    signingKeys: [signingKey()],
    cookieKeys: [randomBytes(32).toString("base64url")],
    artifacts: {},
  };
}

function user(
  number: number,
  username: string,
  firstName: string,
  lastName: string,
  permissions: Permission[],
): User {
  return {
    id: recordId("005", number),
    username,
    firstName,
    lastName,
    email: username,
    isActive: true,
    profile: permissions.length === 0 ? "Customer Community User" : "System Administrator",
    permissionSets: [],
    permissions,
  };
}

/** The one component that every org has. The sandbox lets client secrets be read; a real org has this off. */
function orgSettings(admin: User): Component {
  const [at, by] = [new Date().toISOString(), admin.username];
  return {
    id: recordId("0xS", 4),
    type: "ExternalClientAppSettings",
    fullName: "ExternalClientApp",
    fields: {
      enableClientSecretInRestApiAccess: true,
      enableConsumerSecretApiAccess: false,
      enablePackageEcaOauthFromDevOrg: false,
    },
    createdAt: at,
    createdBy: by,
    modifiedAt: at,
    modifiedBy: by,
  };
}

function pemKeyPair() {
  return generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
}

function signingKey(): JWK {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg: "RS256", use: "sig" };
}
