import { readFile } from "node:fs/promises";
import { CodedError } from "../../providers/errors.ts";
import { redactor } from "../../providers/redaction.ts";
import { compareWithProgram } from "../comparison/compareWithProgram.ts";
import { readLiveSettings } from "../comparison/liveSettings.ts";
import { signingKeys } from "../comparison/signingKeys.ts";
import { diagnose } from "../diagnosis/diagnose.ts";
import { fingerprints, hashed } from "../fingerprints.ts";
import { documentOrWhyNot } from "../publicDocuments.ts";
import { redacted, secretsOf } from "../secrets.ts";
import { checkDifferentially, type Side } from "../signIn/differential.ts";
import { checkNegatively } from "../signIn/negative.ts";
import type { TranscriptEntry } from "../signIn/transcript.ts";
import { isPerson, type Visitor } from "../signIn/visitor.ts";
import { type MemberName, memberNames, type OpenedSet } from "../stack/messagingSet.ts";
import { withinTime } from "../timeLimit.ts";
import type { Bundle, BundleFile } from "./bundle.ts";
import { orgsOf } from "./orgs.ts";
import { requestIds, type SignInRequest } from "./requestIds.ts";
import { summaryOf } from "./summary.ts";

export interface BundleOptions {
  /** Who signs in; without one, both sides are asked with a code that is none. */
  visitor?: Visitor | undefined;
  signal: AbortSignal;
  /** How long the reading at the vendors may take; the sign-in has its own time limits. */
  withinMs: number;
  /** The longest that one answer of a sign-in may take, in milliseconds. Default: 20 seconds. */
  answerDeadlineMs?: number;
  /** Called with the name of every file that is ready. */
  onFile?: (name: string) => void;
}

/** What a sign-in leaves behind. */
interface SignInRecord {
  requests: SignInRequest[];
  /** What must not be shown: known before, and met on the way. */
  secrets: string[];
}

/** One file of the bundle, before it is made. */
interface Part extends Omit<BundleFile, "content"> {
  make: () => unknown;
}

/**
 * Collects what the vendors' support asks for. A part that cannot be made says why in its place, since a bundle is
 * wanted most when something does not work. Nothing is changed at the vendors; what a sign-in is given is given back.
 */
export async function collectBundle(opened: OpenedSet, options: BundleOptions): Promise<Bundle> {
  const { signal, visitor, onFile } = options;
  const record: SignInRecord = { requests: [], secrets: secretsOf(opened, visitor) };
  const made = async ({ make, ...file }: Part) => {
    const content = await madeOrWhyNot(make, signal);
    onFile?.(file.name);
    return { ...file, content };
  };
  const begun = made(signInPart(opened, options, record));
  // Nothing else comes between while a person is asked to sign in.
  if (visitor && isPerson(visitor)) await begun;
  const [orgs, ...parts] = await Promise.all([
    orgsOf(opened, options),
    begun,
    ...readParts(opened, options).map(made),
  ]);
  // Not before: by now all secrets of the sign-in are known too.
  const redact = redactor(record.secrets);
  const safe = <T>(content: T) => redacted(withHashedSubject(content), redact);
  const files = parts.map(({ content, ...file }) => ({ ...file, content: safe(content) }));
  const requests = safe(record.requests.map(requestIds)).toSorted((one, other) =>
    one.at.localeCompare(other.at),
  );
  const facts = safe({ ...orgs, ...(await factsOf(opened)) });
  const { stack, name } = opened.set;
  return {
    madeAt: new Date().toISOString(),
    of: `${stack}:${name}`,
    summary: summaryOf(files),
    facts,
    files,
    requests,
  };
}

/** Who signed in stands as a hash. */
function withHashedSubject<T>(content: T): T {
  return JSON.parse(JSON.stringify(content ?? null), (name, value) =>
    name === "subject" && typeof value === "string" ? hashed(value) : value,
  );
}

function signInPart(opened: OpenedSet, options: BundleOptions, record: SignInRecord): Part {
  return {
    name: "sign-in.json",
    about: options.visitor
      ? "two sign-ins, one redeemed at Salesforce, one by Genesys: steps, verdict, claims of the ID token with hashed " +
        "subject, every request and answer with times and ids, the name of the test user"
      : "what both vendors answer to an authorization code that cannot be valid, with every request and answer, times and ids",
    make: () => signIn(opened, options, record),
  };
}

function readParts(opened: OpenedSet, options: BundleOptions): Part[] {
  const { set } = opened;
  const read = <T>(work: () => Promise<T>) => withinTime(options, work);
  return [
    {
      name: "diagnosis.json",
      about: "every known cause that shows without a sign-in: what was looked at, and what was found",
      make: () => diagnosis(opened, options),
    },
    {
      name: "set.json",
      about:
        "the ids and names of all parts, and what the web page must use (pageContract), as the program recorded them",
      make: () => recordedSet(opened),
    },
    {
      name: "identity-provider.json",
      about: "the discovery document, and the signing keys by RFC 7638 thumbprint",
      make: () => read(() => identityProvider(set.pageContract.discoveryUrl)),
    },
    {
      name: "settings.json",
      about:
        "every setting of every part as both vendors have it now; contact e-mail and last writers included",
      make: () => read(() => settings(opened)),
    },
    {
      name: "comparison.json",
      about: "where what is live differs from what the program recorded",
      make: () => read(() => compareWithProgram(opened)),
    },
  ];
}

async function signIn(opened: OpenedSet, options: BundleOptions, { requests, secrets }: SignInRecord) {
  const { visitor, signal, answerDeadlineMs } = options;
  const onRequest = (entry: TranscriptEntry, signIn?: Side) => void requests.push({ signIn, ...entry });
  const how = { signal, onRequest, secrets, ...(answerDeadlineMs !== undefined && { answerDeadlineMs }) };
  const result = visitor
    ? await checkDifferentially(opened, visitor, how)
    : await checkNegatively(opened, how);
  return { ...result, requests };
}

/** Without the visitor, who has signed in twice for the transcript by then; that tells what only a sign-in shows. */
async function diagnosis(opened: OpenedSet, { signal, withinMs }: BundleOptions) {
  const { checks } = await diagnose(opened, { signal, deadlineMs: withinMs });
  return { checks };
}

function recordedSet({ set }: OpenedSet) {
  const members = memberNames.map((name) => {
    const { id, resource, urn } = set.members[name] ?? {};
    return [name, { id, resource, urn }];
  });
  return { pageContract: set.pageContract, members: Object.fromEntries(members) };
}

async function identityProvider(discoveryUrl: string) {
  const discovery = await documentOrWhyNot(discoveryUrl);
  return { discoveryUrl, discovery, keys: await signingKeys(discovery) };
}

async function settings(opened: OpenedSet) {
  const live = await readLiveSettings(opened, fingerprints());
  const plain = [...live].map(([member, values]) => [
    member,
    Object.fromEntries([...values].map(([property, { raw }]) => [property, raw])),
  ]);
  return Object.fromEntries(plain);
}

/** What the ids of the members are called where nobody knows our names. */
const idNames: Readonly<Record<MemberName, string>> = {
  ECA: "External Client App, developer name",
  credential: "Genesys credential, id",
  integration: "Genesys integration, id",
  configuration: "messenger configuration, id",
  deployment: "messenger deployment, id",
};

async function factsOf({ set, setting }: OpenedSet): Promise<Record<string, string>> {
  const own = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  const { pageContract, members } = set;
  const ids = memberNames.map((name) => [idNames[name], members[name]?.id ?? "none"]);
  return {
    "Genesys region": process.env.GENESYSCLOUD_REGION || (setting("genesysRegion") ?? "unknown"),
    "Genesys API": pageContract.genesysApiUrl,
    "Salesforce instance URL":
      process.env.SALESFORCE_INSTANCE_URL || (setting("salesforceInstanceUrl") ?? "unknown"),
    "OpenID issuer": pageContract.issuer,
    "discovery document": pageContract.discoveryUrl,
    "client id (consumer key)": pageContract.clientId,
    "redirect URI (callback URL)": pageContract.redirectUri,
    ...Object.fromEntries(ids),
    "made by": `authenticated-messaging ${own.version}, Node.js ${process.versions.node}`,
  };
}

async function madeOrWhyNot(make: () => unknown, signal: AbortSignal): Promise<unknown> {
  try {
    return await make();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CodedError)) throw error;
    const { code, what, evidence, next } = error;
    return { error: { code, what, evidence, next } };
  }
}
