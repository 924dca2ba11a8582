import type { MessagingSet } from "../stack/messagingSet.ts";
import type { SalesforceSettings } from "./salesforceSettings.ts";

/** What stands in a set's settings only because they are of this set, and what is shown in its place. */
interface OwnName {
  pattern: RegExp;
  /** `<integration>` */
  shown: string;
}

/** Replaces what is a set's own by what it is, so that two sets can be compared. */
export type Normalise = (text: string) => string;

/** Where a set lives, besides what its state records. */
export interface Place {
  set: MessagingSet;
  instanceUrl: string;
  apiUrl: string;
  salesforce: SalesforceSettings | undefined;
}

/** Ids, hosts and the owner's mark of a set by what they are. */
export function ownNames({ set, instanceUrl, apiUrl, salesforce }: Place): Normalise {
  const { members, pageContract } = set;
  const { ECA } = members;
  const { consumerKey, consumerId, orgId } = salesforce ?? {};
  const others = ["credential", "integration", "configuration", "deployment"] as const;
  return replacing([
    anywhere(text(ECA?.inputs.owner), "<owner>"),
    anywhere(consumerKey, "<client id>"),
    record(consumerId, "<consumer>"),
    record(orgId, "<org>"),
    ...others.map((member) => anywhere(members[member]?.id, `<${member}>`)),
    anywhere(text(ECA?.inputs.loginHost)?.replace(/\/+$/, ""), "<login host>"),
    ...host(instanceUrl, "salesforce"),
    ...host(apiUrl, "genesys"),
    ...host(new URL(pageContract.redirectUri).origin, "page"),
    // The app's name is a word, and begins the names of its components.
    ECA && { pattern: new RegExp(`(?<=^|:)${escaped(ECA.id)}(?=_|$)`, "g"), shown: "<app>" },
  ]);
}

/** The secrets of a set, wherever somebody may have pasted one. */
export function ownSecrets({
  set: { members },
  salesforce,
}: {
  set: MessagingSet;
  salesforce?: SalesforceSettings | undefined;
}): Normalise {
  const secrets = [
    salesforce?.consumerSecret,
    text(members.ECA?.outputs.consumerSecret),
    text(members.credential?.outputs.clientSecret),
  ];
  return replacing(secrets.map((secret) => anywhere(secret, "<client secret>")));
}

function replacing(names: readonly (OwnName | undefined)[]): Normalise {
  const known = names.filter((name) => name !== undefined);
  return (value) => known.reduce((rest, { pattern, shown }) => rest.replace(pattern, () => shown), value);
}

function anywhere(value: string | undefined, shown: string): OwnName | undefined {
  return value ? { pattern: new RegExp(escaped(value), "g"), shown } : undefined;
}

/** Salesforce writes an id with 15 characters, or with three more that are a checksum of them. */
function record(id: string | undefined, shown: string): OwnName | undefined {
  return id ? { pattern: new RegExp(`${escaped(id.slice(0, 15))}(\\w{3})?\\b`, "g"), shown } : undefined;
}

/** An origin anywhere, its host name only where it stands alone: it may be as common as `127.0.0.1`. */
function host(url: string, name: string): OwnName[] {
  const { origin, hostname } = new URL(url);
  return [
    { pattern: new RegExp(`${escaped(origin)}(?![\\w.:-])`, "g"), shown: `<${name}>` },
    { pattern: new RegExp(`(?<=^|, )${escaped(hostname)}(?=, |$)`, "g"), shown: `<${name} host>` },
  ];
}

function escaped(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
