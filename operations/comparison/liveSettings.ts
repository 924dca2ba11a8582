import type { Fingerprint } from "../fingerprints.ts";
import { type MemberName, memberNames, type OpenedSet, type RecordedMember } from "../stack/messagingSet.ts";
import { named } from "../timeLimit.ts";
import type { Part } from "./comparison.ts";
import { type Flat, flatten } from "./flatten.ts";
import {
  readConfiguration,
  readCredential,
  readDeployment,
  readIntegration,
  yesOrNo,
} from "./genesysSettings.ts";
import { ownNames, ownSecrets } from "./ownNames.ts";
import { readSalesforce, type SalesforceSettings } from "./salesforceSettings.ts";

type Document = Record<string, unknown>;

/** What both vendors have of a set at present, also what the program does not declare. No secret is in it. */
export type LiveSettings = ReadonlyMap<Part, Flat>;

/**
 * Reads every member of a set in full. Nothing is written. A member that is gone, or that the state does not have,
 * says so as its only setting.
 *
 * @throws CodedError where a vendor does not answer, or refuses
 */
export async function readLiveSettings(opened: OpenedSet, fingerprint: Fingerprint): Promise<LiveSettings> {
  const { set, connections } = opened;
  const genesys = connections.genesys();
  const of = <T>(name: MemberName, read: (member: RecordedMember) => Promise<T | undefined>) => {
    const member = set.members[name];
    return member ? named(`${name} of ${set.name}`, read(member)) : undefined;
  };
  const [salesforce, credential, integration, deployment] = await Promise.all([
    of("ECA", (member) => readSalesforce(opened, member, fingerprint)),
    of("credential", ({ id }) => readCredential(genesys, id)),
    of("integration", ({ id }) => readIntegration(genesys, id)),
    of("deployment", ({ id }) => readDeployment(genesys, id)),
  ]);
  const pins = deployment?.configuration as { id?: string; version?: string } | undefined;
  const configuration = await of("configuration", ({ id }) =>
    readConfiguration(genesys, id, pins?.id === id ? pins.version : undefined),
  );
  const documents: Record<MemberName, Document | undefined> = {
    ECA: salesforce?.document,
    credential: credential && { ...credential, ...copiesIn(opened, credential, salesforce) },
    integration,
    configuration,
    deployment: deployment && {
      ...deployment,
      "serves the newest version": yesOrNo(pins?.version === configuration?.["newest version"]),
    },
  };
  const place = {
    set,
    salesforce,
    instanceUrl: connections.salesforce().instanceUrl,
    apiUrl: genesys.apiUrl,
  };
  const reading = { fingerprint, hide: ownSecrets(place), normalise: ownNames(place) };
  const parts = memberNames.map((name) => [name, documents[name] ?? absent(set.members[name])] as const);
  return new Map<Part, Flat>(
    [...parts, ["page", set.pageContract] as const].map(([name, document]) => [
      name,
      flatten(document, reading),
    ]),
  );
}

function absent(member: RecordedMember | undefined): Document {
  return { exists: member ? "no: it is gone at the vendor" : "no: the stack's state has none" };
}

/**
 * Whether the copies of client id and secret are those of the app. They cannot be read: known is what the program
 * wrote, and whether somebody has written since.
 */
function copiesIn(
  { set, connections }: OpenedSet,
  { modifiedDate }: Document,
  salesforce: SalesforceSettings | undefined,
): Document {
  const { clientId, clientSecret, modifiedDate: written } = set.members.credential?.outputs ?? {};
  const { credentialDateMarksWrites } = connections.assumptions();
  if (credentialDateMarksWrites && modifiedDate && written !== modifiedDate) {
    const unknown = "unknown: somebody else has written the credential since";
    return { "has the app's client id": unknown, "has the app's client secret": unknown };
  }
  return {
    "has the app's client id": agree(clientId, salesforce?.consumerKey),
    "has the app's client secret": agree(clientSecret, salesforce?.consumerSecret),
  };
}

function agree(copy: unknown, original: string | undefined): string {
  if (original === undefined) return "unknown: the app's own cannot be read";
  return yesOrNo(copy === original);
}
