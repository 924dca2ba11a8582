import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import type { JWK } from "jose";
import { firstOrg, logInsOf, salesforceOrgId } from "../logIns.ts";
import type { Store } from "../store.ts";
import { recordId } from "./recordId.ts";

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
  /** The callback URLs before their last change (epoch milliseconds), which takes that time to spread, too. */
  replacedCallbackUrl?: { value: string; at: number };
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

/** What a deploy was told; as `DeployOptions` of the Metadata API. */
export interface DeployOptions {
  allowMissingFiles: boolean;
  autoUpdatePackage: boolean;
  checkOnly: boolean;
  ignoreWarnings: boolean;
  performRetrieve: boolean;
  purgeOnDelete: boolean;
  rollbackOnError: boolean;
  runTests: string[];
  singlePackage: boolean;
  testLevel?: string;
}

/** What a deploy did with one file or one deletion; as `DeployMessage` of the Metadata API. */
export interface DeployMessage {
  changed: boolean;
  componentType: string;
  created: boolean;
  createdDate: string;
  deleted: boolean;
  fileName: string;
  fullName: string;
  id?: string;
  problem?: string;
  problemType?: "Error" | "Warning";
  success: boolean;
}

/** What both kinds of file-based work remember. */
export interface Transfer {
  /** 18 characters: `0Af…` a deploy, `09S…` a retrieve. */
  id: string;
  /** The API version of the request. */
  version: number;
  /** ISO dates and user names. */
  createdAt: string;
  createdBy: string;
  completedAt?: string;
}

export interface Deploy extends Transfer {
  options: DeployOptions;
  /** Base64; until the deploy has run. */
  zip?: string;
  canceledBy?: string;
  /** Of a deploy that has ended. */
  outcome?: {
    status: "Succeeded" | "SucceededPartial" | "Failed" | "Canceled";
    messages: DeployMessage[];
    /** Why it failed as a whole. */
    error?: { statusCode: string; message: string };
  };
}

/** What package.xml lists: names of types, and of their components or `*`. */
export interface Manifest {
  version?: string;
  types: { name: string; members: string[] }[];
}

export interface Retrieve extends Transfer {
  manifest: Manifest;
  singlePackage: boolean;
  /** Of a retrieve that has ended. */
  outcome?: {
    /** As `FileProperties` and `RetrieveMessage` of the Metadata API. */
    files: Record<string, string>[];
    messages: { fileName: string; problem: string }[];
    /** Base64; until it was handed out. */
    zip?: string;
  };
}

/** An RSA key pair as PEM. */
export interface PemKeyPair {
  privateKey: string;
  publicKey: string;
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
  /** Calls of the API since then (epoch milliseconds). */
  apiUsage: { since: number; calls: number };
  deploys: Deploy[];
  retrieves: Retrieve[];
  /** Of the admin client for the JWT bearer flow; made when it is first asked for. */
  adminKeyPair?: PemKeyPair;
  /** Private JWKs that sign ID tokens. */
  signingKeys: JWK[];
  cookieKeys: string[];
  artifacts: Record<string, Artifact>;
}

/** A fresh org: an admin, a user who may only read, a visitor, and fresh keys. */
export function initialSalesforceState(org: string = firstOrg): SalesforceState {
  const { salesforceAdmin, salesforceReadOnly, visitor } = logInsOf(org);
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
    orgId: salesforceOrgId(org),
    lastRecord: 100,
    users: [admin, readOnly, person],
    components: [orgSettings(admin)],
    consumers: [],
    apiUsage: { since: 0, calls: 0 },
    deploys: [],
    retrieves: [],
    sessions: [{ accessToken: salesforceAdmin.accessToken, userId: admin.id }],
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

/** The pair whose private half the sandbox hands out, so that JWT bearer can be tried. */
export function adminKeyPairOf(store: Store<SalesforceState>): PemKeyPair {
  if (store.state.adminKeyPair === undefined) {
    store.state.adminKeyPair = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    store.save();
  }
  return store.state.adminKeyPair;
}

function signingKey(): JWK {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg: "RS256", use: "sig" };
}
