import type { Output } from "@pulumi/pulumi/output.js";
import { CustomResource, type CustomResourceOptions } from "@pulumi/pulumi/resource.js";
import { z } from "zod";
import { isCallbackUrl } from "../addresses.ts";
import { fulfils } from "../comparison.ts";
import { CodedError, hasOutcome } from "../errors.ts";
import type { Kind, Live, Remote } from "../lifecycle.ts";
import { foreign, splitMark, withMark } from "../ownerMark.ts";
import { type Args, memberOptions, ownedInputs, ownerOf, providerLiteral, undeclared } from "../resource.ts";
import { waitUntilGone } from "../waiting.ts";
import type { FileProperties, MetadataRecord, SalesforceConnection } from "./connection.ts";
import { readConsumer, recordIdOf } from "./consumer.ts";
import { type Discovery, discover, discoveryUrlOf } from "./discovery.ts";
import {
  componentNames,
  flagFrom,
  knownScopes,
  listFrom,
  numberFrom,
  recordOf,
  scopesFromText,
  scopesToText,
  textFrom,
  types,
} from "./metadata.ts";

const callbackUrl = z
  .string()
  .refine(isCallbackUrl, "must be an https URL without fragment (http on loopback only)");

const idToken = z.strictObject({
  /** Minutes; Salesforce's default is 2. */
  validityInMinutes: z
    .int()
    .min(1, "must be 1 to 720 minutes")
    .max(720, "must be 1 to 720 minutes")
    .optional(),
  includeStandardClaims: z.boolean().optional(),
  includeCustomAttributes: z.boolean().optional(),
  /** Audiences besides the client id. */
  audience: z.string().optional(),
});

const policies = z.strictObject({
  /** Who may sign in: everybody, or those whose profile or permission set an admin has named. */
  permittedUsers: z.enum(["AllSelfAuthorized", "AdminApprovedPreAuthorized"]).optional(),
  ipRelaxation: z.enum(["Enforce", "Bypass", "Bypass_2factor", "Enforce_RelaxRefresh"]).optional(),
  refreshTokenPolicy: z.enum(["Infinite", "Zero", "SpecificLifetime", "SpecificInactivity"]).optional(),
  refreshTokenValidityPeriod: z.int().min(1, "must be at least 1").optional(),
  refreshTokenValidityUnit: z.enum(["Hours", "Days", "Months"]).optional(),
});

const inputs = z.object({
  ...ownedInputs,
  /** API name: unique in the org, and the id of this resource. */
  developerName: z
    .string()
    .max(80, "must have at most 80 characters")
    .regex(
      /^[A-Za-z](?:_?[A-Za-z0-9])*$/,
      "must start with a letter and have letters, digits and single underscores, none at the end",
    ),
  label: z.string().min(1, "must not be empty").max(80, "must have at most 80 characters"),
  contactEmail: z.email("must be an e-mail address"),
  /** Text shown in Setup, before the owner's mark. */
  description: z.string().trim().default(""),
  /** Redirect URIs; the page must send one of them, to the letter. */
  callbackUrls: z.array(callbackUrl).min(1, "must name at least one URL"),
  /** In OAuth spelling: openid, profile, email, refresh_token ... */
  scopes: z
    .array(z.enum(knownScopes, { error: `must be one of ${knownScopes.join(", ")}` }))
    .refine((scopes) => scopes.includes("openid"), "must contain openid: without it there is no ID token")
    .default(["openid", "profile", "email", "refresh_token"]),
  pkceRequired: z.boolean().default(true),
  /** Must Genesys send the client secret to redeem a code? */
  secretRequired: z.boolean().default(true),
  secretRequiredForRefresh: z.boolean().default(true),
  idToken: idToken.optional(),
  policies: policies.optional(),
  /** Where visitors sign in, if not at the org's own address: an Experience Cloud site, with its path. */
  loginHost: z.url({ protocol: /^https?$/, error: "must be the URL at which visitors sign in" }).optional(),
});

export type ExternalClientAppInputs = z.infer<typeof inputs>;

export interface ExternalClientAppComputed extends Discovery {
  /** Record id of the app. */
  appId: string;
  /** Id of its OAuth consumer. */
  consumerId: string;
  consumerKey: string;
  /** Read over the Connect REST API. Secret. */
  consumerSecret: string;
  /** Name of the policies component, which Salesforce chooses. */
  policiesName: string;
}

type LiveApp = Live<ExternalClientAppInputs, Partial<ExternalClientAppComputed>>;

export const externalClientAppKind: Kind<ExternalClientAppInputs, Partial<ExternalClientAppComputed>> = {
  noun: "Salesforce External Client App",
  type: "pulumi-nodejs:salesforce:ExternalClientApp",
  handler: "externalClientApp",
  inputs,
  replaceOn: ["developerName"],
  isUnique: true,
  sets: ["callbackUrls", "scopes"],
  secrets: ["consumerSecret"],
  computed: {
    appId: { follows: [] },
    consumerId: { follows: [] },
    consumerKey: { follows: [] },
    consumerSecret: { follows: [] },
    policiesName: { follows: ["policies"] },
    discoveryUrl: {
      follows: ["loginHost"],
      foreseen: ({ loginHost }, { salesforce }) => discoveryUrlOf(loginHost ?? salesforce().instanceUrl),
    },
    issuer: { follows: ["loginHost"] },
    authorizeUrl: { follows: ["loginHost"] },
  },
  // Newer orgs enforce PKCE whatever an app asks for.
  overrulable: { pkceRequired: (wanted, live) => wanted === false && live === true },
  ailments: ({ issuer }) => (issuer === "" ? ["issuer"] : []),
  open: async (connections) => remote(connections.salesforce()),
};

/** The metadata components of one app; those that do not exist are undefined. */
export interface Components {
  app: MetadataRecord;
  oauth: MetadataRecord | undefined;
  global: MetadataRecord | undefined;
  policies: MetadataRecord | undefined;
  /** Record id of the app, where a listing told it. */
  appId?: string;
}

function remote(
  salesforce: SalesforceConnection,
): Remote<ExternalClientAppInputs, Partial<ExternalClientAppComputed>> {
  let current: Components | undefined;

  async function observe(developerName: string, known: Partial<LiveApp>): Promise<LiveApp | undefined> {
    current = await readComponents(salesforce, developerName, known.policiesName);
    return current && describe(current, known);
  }

  async function describe(components: Components, known: Partial<LiveApp>): Promise<LiveApp> {
    const live = { ...passedOn(known), ...liveOf(components) };
    return components.global === undefined
      ? live
      : { ...live, ...(await consumerOf(salesforce, components, known)) };
  }

  return {
    async read(id, known, wanted) {
      // That the app is gone can be told whatever becomes of the document.
      const live = await observe(id, known);
      if (live === undefined || !(await isOurs(salesforce, id, live, known))) return undefined;
      // What the host says that is about to be left, or does not say any more, is of no use.
      const leavesHost = wanted !== undefined && wanted.loginHost !== known.loginHost;
      if (leavesHost) return live;
      return { ...live, ...(await discoverUnlessRefused(known.loginHost ?? salesforce.instanceUrl)) };
    },

    async find({ developerName, owner }) {
      const [app, markedName] = await Promise.all([
        salesforce.readMetadata(types.app, developerName),
        findMarked(salesforce, owner),
      ]);
      const { owner: theirs } = splitMark(textFrom(app?.description));
      if (app && theirs !== owner) throw foreign("Salesforce External Client App", developerName, theirs);
      const name = app?.fullName ?? markedName;
      const live = name === undefined ? undefined : await observe(name, {});
      return name === undefined || live === undefined ? undefined : { id: name, live };
    },

    async create(wanted) {
      const app = appRecord(wanted, undefined);
      await salesforce.createMetadata(types.app, app);
      current = { app, oauth: undefined, global: undefined, policies: undefined };
      return { id: wanted.developerName, live: liveOf(current) };
    },

    async sync(id, live, wanted) {
      if (current === undefined) throw new TypeError("An app is synced after it was read or made.");
      const known = {
        ...live,
        ...(await discovery(live, wanted, salesforce.instanceUrl)),
        loginHost: wanted.loginHost,
      };
      const wroteSettings = await writeSettings(salesforce, current, wanted);
      if (wroteSettings) current = (await readComponents(salesforce, id, live.policiesName)) ?? current;
      const wrotePolicies = await writePolicies(salesforce, current.policies, wanted);
      if (wrotePolicies)
        current = { ...current, ...(await findPolicies(salesforce, id, current.policies?.fullName)) };
      return wroteSettings || wrotePolicies || live.consumerSecret === undefined
        ? describe(current, known)
        : known;
    },

    async marked(id) {
      const app = await salesforce.readMetadata(types.app, id);
      return app && splitMark(textFrom(app.description));
    },

    async remove(id, known) {
      await refuseForeign(salesforce, id, known);
      // Children first: whether a deletion takes them along is not documented for these calls.
      await removeComponent(salesforce, types.global, componentNames.global(id));
      await removeComponent(salesforce, types.oauth, componentNames.oauth(id));
      await removeApp(salesforce, id);
    },

    gone: (id) => waitUntilGone(`External Client App ${id}`, () => salesforce.readMetadata(types.app, id)),
  };
}

/**
 * Developer name of the app with this owner's mark: under an earlier name, if a crash left it and the name changed.
 * No source confirms that descriptions can be queried: where Salesforce knows no such column, nothing is looked for.
 */
async function findMarked(salesforce: SalesforceConnection, owner: string): Promise<string | undefined> {
  const soql = "SELECT DeveloperName, Description FROM ExternalClientApplication";
  const record = z.looseObject({ DeveloperName: z.string().min(1), Description: z.string().nullish() });
  try {
    const apps = await salesforce.query("look for an app with our mark", record, soql);
    return apps.find(({ Description }) => splitMark(Description ?? "").owner === owner)?.DeveloperName;
  } catch (error) {
    if (error instanceof CodedError && error.evidence.error === "INVALID_FIELD") return undefined;
    throw error;
  }
}

/** What no read of the components tells, and is therefore carried from state to state. */
function passedOn(known: Partial<LiveApp>): Partial<LiveApp> {
  const { appId, loginHost, discoveryUrl, issuer, authorizeUrl } = known;
  return { appId, loginHost, discoveryUrl, issuer, authorizeUrl };
}

/**
 * A host that says that it has no document is a difference to be shown, and no reason to refuse a refresh. One that
 * gives no usable answer says nothing: what is recorded stays as it is, and the error is told.
 */
async function discoverUnlessRefused(loginHost: string): Promise<Discovery> {
  try {
    return await discover(loginHost);
  } catch (error) {
    if (!hasOutcome(error, "refused")) throw error;
    return { discoveryUrl: discoveryUrlOf(loginHost), issuer: "", authorizeUrl: "" };
  }
}

async function discovery(
  live: LiveApp,
  wanted: ExternalClientAppInputs,
  instanceUrl: string,
): Promise<Partial<Discovery>> {
  const { discoveryUrl, issuer, authorizeUrl } = live;
  if (issuer && live.loginHost === wanted.loginHost) return { discoveryUrl, issuer, authorizeUrl };
  return discover(wanted.loginHost ?? instanceUrl);
}

/** Undefined when there is no app of this name. */
export async function readComponents(
  salesforce: SalesforceConnection,
  developerName: string,
  policiesName: string | undefined,
): Promise<Components | undefined> {
  const [app, oauth, global, found] = await Promise.all([
    salesforce.readMetadata(types.app, developerName),
    salesforce.readMetadata(types.oauth, componentNames.oauth(developerName)),
    salesforce.readMetadata(types.global, componentNames.global(developerName)),
    findPolicies(salesforce, developerName, policiesName),
  ]);
  return app && { app, oauth, global, ...found };
}

/** By the recorded name; else by looking for the component that belongs to the app, since its name is not predictable. */
async function findPolicies(
  salesforce: SalesforceConnection,
  developerName: string,
  policiesName: string | undefined,
): Promise<Pick<Components, "policies" | "appId">> {
  const recorded = policiesName && (await salesforce.readMetadata(types.policies, policiesName));
  if (recorded) return { policies: recorded };
  const listed = await salesforce.listMetadata([types.app, types.policies]);
  const appId = listed.find(({ type, fullName }) => type === types.app && fullName === developerName)?.id;
  const candidates = listed.filter(({ type }) => type === types.policies);
  const [policies] = await partsOf(salesforce, developerName, candidates);
  return { policies: policies?.record, appId };
}

/** The listed components that belong to the app: a name that begins alike may be that of another app's. */
async function partsOf(
  salesforce: SalesforceConnection,
  developerName: string,
  listed: readonly FileProperties[],
) {
  const candidates = listed.filter(({ fullName }) => fullName.startsWith(developerName));
  const read = candidates.map(async ({ type, fullName }) => ({
    type,
    fullName,
    record: await salesforce.readMetadata(type, fullName),
  }));
  return (await Promise.all(read)).filter(
    ({ record }) => record?.externalClientApplication === developerName,
  );
}

function liveOf({ app, oauth, global, policies }: Components): LiveApp {
  const { text: description, owner } = splitMark(textFrom(app.description));
  const secretOptional = flagFrom(global?.isConsumerSecretOptional);
  return {
    owner,
    description,
    developerName: app.fullName,
    label: textFrom(app.label),
    contactEmail: textFrom(app.contactEmail),
    callbackUrls: listFrom(global?.callbackUrl, "\n"),
    scopes: scopesFromText(oauth?.commaSeparatedOauthScopes),
    pkceRequired: flagFrom(global?.isPkceRequired),
    secretRequired: secretOptional === undefined ? undefined : !secretOptional,
    secretRequiredForRefresh: flagFrom(global?.isSecretRequiredForRefreshToken),
    idToken: idTokenOf(global),
    policies: policiesOf(policies),
    policiesName: policies?.fullName,
  };
}

function idTokenOf(global: MetadataRecord | undefined): ExternalClientAppInputs["idToken"] {
  const config = (global?.idTokenConfig ?? {}) as Record<string, unknown>;
  return {
    validityInMinutes: numberFrom(config.idTokenValidityInMinutes),
    includeStandardClaims: flagFrom(config.idTokenIncludeStandardClaims),
    includeCustomAttributes: flagFrom(config.idTokenIncludeAttributes),
    audience: textFrom(config.idTokenAudience),
  };
}

/** The policies that the component tells of. */
export function policiesOf(record: MetadataRecord | undefined): ExternalClientAppInputs["policies"] {
  if (record === undefined) return undefined;
  return {
    permittedUsers: record.permittedUsersPolicyType,
    ipRelaxation: record.ipRelaxationPolicyType,
    refreshTokenPolicy: record.refreshTokenPolicyType,
    refreshTokenValidityPeriod: numberFrom(record.refreshTokenValidityPeriod),
    refreshTokenValidityUnit: record.refreshTokenValidityUnit,
  } as ExternalClientAppInputs["policies"];
}

/** Creates what is missing and updates what differs, the parent first. @returns whether anything was written */
async function writeSettings(
  salesforce: SalesforceConnection,
  current: Components,
  wanted: ExternalClientAppInputs,
) {
  const live = liveOf(current);
  const differs = (...names: (keyof ExternalClientAppInputs)[]) =>
    names.some((name) => wanted[name] !== undefined && !fulfils(live[name], wanted[name], isSet(name)));
  const appDiffers = differs("label", "contactEmail", "description", "owner");
  const oauthDiffers = current.oauth === undefined || differs("scopes");
  const globalDiffers =
    current.global === undefined ||
    differs("callbackUrls", "pkceRequired", "secretRequired", "secretRequiredForRefresh", "idToken");
  if (appDiffers) await write(salesforce, types.app, current.app, appRecord, wanted);
  if (oauthDiffers) await write(salesforce, types.oauth, current.oauth, oauthRecord, wanted);
  if (globalDiffers) await write(salesforce, types.global, current.global, globalRecord, wanted);
  return appDiffers || oauthDiffers || globalDiffers;
}

/** Salesforce makes the policies together with the OAuth settings, so they come last. */
async function writePolicies(
  salesforce: SalesforceConnection,
  present: MetadataRecord | undefined,
  wanted: ExternalClientAppInputs,
) {
  if (wanted.policies === undefined || fulfils(policiesOf(present), wanted.policies, false)) return false;
  await write(salesforce, types.policies, present, policiesRecord, wanted);
  return true;
}

function write(
  salesforce: SalesforceConnection,
  type: string,
  present: MetadataRecord | undefined,
  recordFrom: (wanted: ExternalClientAppInputs, present: MetadataRecord | undefined) => MetadataRecord,
  wanted: ExternalClientAppInputs,
) {
  const record = recordFrom(wanted, present);
  if (present === undefined) return salesforce.createMetadata(type, record);
  const anew = async () =>
    recordFrom(wanted, (await salesforce.readMetadata(type, present.fullName)) ?? present);
  return salesforce.updateMetadata(type, record, anew);
}

function isSet(name: keyof ExternalClientAppInputs): boolean {
  return externalClientAppKind.sets.includes(name);
}

function appRecord(wanted: ExternalClientAppInputs, present: MetadataRecord | undefined): MetadataRecord {
  return recordOf(wanted.developerName, present ?? {}, {
    contactEmail: wanted.contactEmail,
    description: withMark(wanted.description, wanted.owner),
    distributionState: "Local",
    isProtected: false,
    label: wanted.label,
  });
}

function oauthRecord(wanted: ExternalClientAppInputs, present: MetadataRecord | undefined): MetadataRecord {
  const changes = {
    commaSeparatedOauthScopes: scopesToText(wanted.scopes),
    externalClientApplication: wanted.developerName,
  };
  return labelled(componentNames.oauth(wanted.developerName), present, changes, wanted);
}

function globalRecord(wanted: ExternalClientAppInputs, present: MetadataRecord | undefined): MetadataRecord {
  const changes = {
    callbackUrl: wanted.callbackUrls.join("\n"),
    externalClientApplication: wanted.developerName,
    idTokenConfig: wanted.idToken && idTokenRecord(wanted.idToken, present?.idTokenConfig),
    isConsumerSecretOptional: !wanted.secretRequired,
    isPkceRequired: wanted.pkceRequired,
    isSecretRequiredForRefreshToken: wanted.secretRequiredForRefresh,
  };
  return labelled(componentNames.global(wanted.developerName), present, changes, wanted);
}

function idTokenRecord(wanted: NonNullable<ExternalClientAppInputs["idToken"]>, present: unknown): object {
  const changes = {
    idTokenAudience: wanted.audience,
    idTokenIncludeAttributes: wanted.includeCustomAttributes,
    idTokenIncludeStandardClaims: wanted.includeStandardClaims,
    idTokenValidityInMinutes: wanted.validityInMinutes,
  };
  const { fullName, ...fields } = recordOf("", (present ?? {}) as Partial<MetadataRecord>, changes);
  return fields;
}

function policiesRecord(
  wanted: ExternalClientAppInputs,
  present: MetadataRecord | undefined,
): MetadataRecord {
  const { permittedUsers, ipRelaxation, refreshTokenPolicy, ...refresh } = wanted.policies ?? {};
  const changes = {
    externalClientApplication: wanted.developerName,
    ipRelaxationPolicyType: ipRelaxation,
    permittedUsersPolicyType: permittedUsers,
    refreshTokenPolicyType: refreshTokenPolicy,
    ...refresh,
  };
  return labelled(
    present?.fullName ?? componentNames.policies(wanted.developerName),
    present,
    changes,
    wanted,
  );
}

function labelled(
  fullName: string,
  present: MetadataRecord | undefined,
  changes: Record<string, unknown>,
  { label }: ExternalClientAppInputs,
): MetadataRecord {
  return recordOf(fullName, { label, ...present }, changes);
}

/** Record id, consumer id, key and secret. The key stands in the metadata too, the secret does not. */
function consumerOf(
  salesforce: SalesforceConnection,
  { app, oauth, global, appId }: Components,
  known: Partial<LiveApp>,
) {
  const consumerKey = textFrom(global?.consumerKey) ?? "";
  const sameKey = known.consumerKey === consumerKey;
  // The link is documented as <org id>:<consumer id>.
  const linked = textFrom(oauth?.oauthLink)?.split(":")[1];
  return readConsumer(salesforce, {
    developerName: app.fullName,
    consumerKey,
    appId: (sameKey ? known.appId : undefined) ?? appId,
    consumerId: (sameKey ? known.consumerId : undefined) ?? linked,
  });
}

/** Another app that took the name of ours is not ours, unless it carries our mark. The record id tells them apart. */
async function isOurs(
  salesforce: SalesforceConnection,
  developerName: string,
  live: Partial<LiveApp>,
  known: Partial<LiveApp>,
): Promise<boolean> {
  const nothingRecorded = known.developerName === undefined;
  if (nothingRecorded || (live.owner !== undefined && live.owner === known.owner)) return true;
  if (known.appId === undefined) return live.owner === known.owner;
  return sameId(await recordIdOf(salesforce, developerName), known.appId);
}

async function refuseForeign(
  salesforce: SalesforceConnection,
  developerName: string,
  known: Partial<LiveApp>,
): Promise<void> {
  const app = await salesforce.readMetadata(types.app, developerName);
  const { owner } = splitMark(textFrom(app?.description));
  if (app === undefined || (await isOurs(salesforce, developerName, { owner }, known))) return;
  throw foreign("Salesforce External Client App", developerName, owner);
}

/** Salesforce made the policies together with the app, and takes them along; if it refuses that, they go first. */
async function removeApp(salesforce: SalesforceConnection, developerName: string): Promise<void> {
  try {
    await removeComponent(salesforce, types.app, developerName);
  } catch (error) {
    if (!hasOutcome(error, "refused")) throw error;
    const listed = await salesforce.listMetadata([types.policies, types.appPolicies]);
    for (const { type, fullName } of await partsOf(salesforce, developerName, listed)) {
      await removeComponent(salesforce, type, fullName);
    }
    await removeComponent(salesforce, types.app, developerName);
  }
}

/** A refused deletion counts as done when the component is not there: how Salesforce says so is not documented. */
async function removeComponent(
  salesforce: SalesforceConnection,
  type: string,
  fullName: string,
): Promise<void> {
  try {
    await salesforce.deleteMetadata(type, fullName);
  } catch (error) {
    if (!hasOutcome(error, "refused")) throw error;
    if ((await salesforce.readMetadata(type, fullName)) !== undefined) throw error;
  }
}

/** The last three of 18 characters are a checksum of the first 15. */
function sameId(a: string, b: string): boolean {
  return a.slice(0, 15) === b.slice(0, 15);
}

export type ExternalClientAppArgs = Args<z.input<typeof inputs>>;

/** The OAuth client at Salesforce with which visitors sign in. Its id is the developer name. */
export class ExternalClientApp extends CustomResource {
  declare readonly developerName: Output<string>;
  declare readonly label: Output<string>;
  declare readonly contactEmail: Output<string>;
  declare readonly description: Output<string>;
  declare readonly callbackUrls: Output<string[]>;
  declare readonly scopes: Output<string[]>;
  declare readonly pkceRequired: Output<boolean>;
  declare readonly secretRequired: Output<boolean>;
  declare readonly secretRequiredForRefresh: Output<boolean>;
  declare readonly idToken: Output<ExternalClientAppInputs["idToken"]>;
  declare readonly policies: Output<ExternalClientAppInputs["policies"]>;
  declare readonly loginHost: Output<string | undefined>;
  declare readonly appId: Output<string>;
  declare readonly consumerKey: Output<string>;
  /** Secret. */
  declare readonly consumerSecret: Output<string>;
  declare readonly discoveryUrl: Output<string>;
  declare readonly issuer: Output<string>;
  /** Where the page sends visitors to sign in. */
  declare readonly authorizeUrl: Output<string>;
  declare readonly owner: Output<string>;

  constructor(name: string, args: ExternalClientAppArgs, options?: CustomResourceOptions) {
    const defaulted = undeclared(
      "description",
      "scopes",
      "pkceRequired",
      "secretRequired",
      "secretRequiredForRefresh",
    );
    const computed = undeclared(
      "idToken",
      "policies",
      "loginHost",
      "appId",
      "consumerId",
      "consumerKey",
      "consumerSecret",
      "discoveryUrl",
      "issuer",
      "authorizeUrl",
    );
    super(
      externalClientAppKind.type,
      name,
      {
        ...defaulted,
        ...computed,
        owner: ownerOf(name),
        ...args,
        __provider: providerLiteral(externalClientAppKind.handler),
      },
      memberOptions(options, externalClientAppKind.secrets),
    );
  }
}
