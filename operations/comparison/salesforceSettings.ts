import { CodedError } from "../../providers/errors.ts";
import type { MetadataRecord, SalesforceConnection } from "../../providers/salesforce/connection.ts";
import { readConsumer } from "../../providers/salesforce/consumer.ts";
import { types } from "../../providers/salesforce/metadata.ts";
import type { Fingerprint } from "../fingerprints.ts";
import { documentOrWhyNot } from "../publicDocuments.ts";
import type { OpenedSet, RecordedMember } from "../stack/messagingSet.ts";
import { signingKeys } from "./signingKeys.ts";

/** Components of an app besides the app itself, under the names that differences are told by. */
const children = {
  oauthSettings: types.oauth,
  globalOauthSettings: types.global,
  oauthPolicies: types.policies,
  // Switches of the app and of its parts; the life cycle leaves them alone.
  pluginPolicies: "ExtlClntAppConfigurablePolicies",
} as const;

/** What Salesforce has of a set's app, in full. */
export interface SalesforceSettings {
  document: Record<string, unknown>;
  consumerKey?: string | undefined;
  /** Plain. Missing where it cannot be read. */
  consumerSecret?: string | undefined;
  consumerId?: string | undefined;
  /** Fifteen or eighteen characters. */
  orgId?: string | undefined;
}

/** Everything that can be read of an app, the documents of its identity provider included; undefined when it is gone. */
export async function readSalesforce(
  { set, connections }: OpenedSet,
  member: RecordedMember,
  fingerprint: Fingerprint,
): Promise<SalesforceSettings | undefined> {
  const salesforce = connections.salesforce();
  const developerName = member.id;
  const [app, components, discovery] = await Promise.all([
    salesforce.readMetadata(types.app, developerName),
    readChildren(salesforce, developerName),
    documentOrWhyNot(set.pageContract.discoveryUrl),
  ]);
  if (app === undefined) return undefined;
  const global = [components.globalOauthSettings ?? []].flat()[0];
  const consumerKey = global && String(global.consumerKey ?? "");
  const [keys, consumer] = await Promise.all([
    signingKeys(discovery),
    consumerKey ? consumerOf(salesforce, member, consumerKey) : undefined,
  ]);
  const secret = typeof consumer === "object" ? consumer.consumerSecret : undefined;
  return {
    document: {
      app,
      ...components,
      consumerSecret: secret === undefined ? consumer : fingerprint(secret),
      discovery,
      keys,
    },
    consumerKey,
    consumerSecret: secret,
    consumerId: typeof consumer === "object" ? consumer.consumerId : undefined,
    orgId: orgIdIn(app.orgScopedExternalApp),
  };
}

/** `<org id>:<name>` */
function orgIdIn(orgScopedName: unknown): string | undefined {
  return /^00D\w{12,15}(?=:)/.exec(String(orgScopedName ?? ""))?.[0];
}

/** By what they belong to, since their names are not predictable. A list where an app has several of a type. */
async function readChildren(salesforce: SalesforceConnection, developerName: string) {
  const [three, fourth] = await Promise.all([
    salesforce.listMetadata([children.oauthSettings, children.globalOauthSettings, children.oauthPolicies]),
    salesforce.listMetadata([children.pluginPolicies]),
  ]);
  const listed = [...three, ...fourth].filter(({ fullName }) => fullName.startsWith(developerName));
  const records = await Promise.all(
    listed.map(async ({ type, fullName }) => ({
      type,
      record: await salesforce.readMetadata(type, fullName),
    })),
  );
  const of = (type: string) =>
    records.flatMap(({ type: ofRecord, record }) =>
      ofRecord === type && record?.externalClientApplication === developerName ? [record] : [],
    );
  const found = Object.entries(children).map(([name, type]) => [name, oneOrAll(of(type))]);
  return Object.fromEntries(found) as Record<
    keyof typeof children,
    MetadataRecord | MetadataRecord[] | undefined
  >;
}

function oneOrAll(records: MetadataRecord[]): MetadataRecord | MetadataRecord[] | undefined {
  return records.length > 1 ? records : records[0];
}

/** Key and secret, or the words for why the secret cannot be read. */
async function consumerOf(
  salesforce: SalesforceConnection,
  { id, outputs }: RecordedMember,
  consumerKey: string,
) {
  const clues = {
    developerName: id,
    consumerKey,
    appId: text(outputs.appId),
    consumerId: text(outputs.consumerId),
  };
  try {
    return await readConsumer(salesforce, clues);
  } catch (error) {
    const isHidden = error instanceof CodedError && error.code === "SALESFORCE_SECRET_HIDDEN";
    if (isHidden) return `not readable: ${error.what}`;
    throw error;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
