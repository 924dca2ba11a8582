import type { Output } from "@pulumi/pulumi/output.js";
import { CustomResource, type CustomResourceOptions } from "@pulumi/pulumi/resource.js";
import type { Models } from "purecloud-platform-client-v2";
import { z } from "zod";
import type { Assumptions } from "../assumptions.ts";
import { fulfils } from "../comparison.ts";
import { CodedError } from "../errors.ts";
import type { Kind, Live, Remote } from "../lifecycle.ts";
import { onlyMarked } from "../marked.ts";
import { splitMark, withMark } from "../ownerMark.ts";
import { type Args, memberOptions, ownedInputs, ownerOf, providerLiteral, undeclared } from "../resource.ts";
import { lasting, waitFor, waitUntilGone } from "../waiting.ts";
import * as answers from "./answers.ts";
import type { GenesysConnection } from "./connection.ts";
import { withoutReadOnly } from "./documents.ts";
import { allFollowing } from "./paging.ts";
import { isFromBefore } from "./staleAnswer.ts";

/** Blocks of the vendor's document that are passed on as they are; what is not declared in them is left alone. */
const blocks = {
  /** Launcher, home screen, conversations and so on. */
  messenger: z.record(z.string(), z.json()).optional(),
  position: z.record(z.string(), z.json()).optional(),
  headlessMode: z.record(z.string(), z.json()).optional(),
  cobrowse: z.record(z.string(), z.json()).optional(),
  journeyEvents: z.record(z.string(), z.json()).optional(),
  supportCenter: z.record(z.string(), z.json()).optional(),
  video: z.record(z.string(), z.json()).optional(),
  customI18nLabels: z.array(z.json()).optional(),
};
const blockNames = Object.keys(blocks) as (keyof typeof blocks)[];

const inputs = z.object({
  ...ownedInputs,
  name: z.string().trim().min(1, "must not be empty").max(100, "must have at most 100 characters"),
  /** Text shown in the console, before the owner's mark. */
  description: z.string().trim().default(""),
  /** Id of the integration that signs visitors in. */
  integrationId: z.string().min(1, "must not be empty"),
  /** May a visitor who chats anonymously sign in later? */
  sessionUpgrade: z.boolean().default(false),
  languages: z.array(z.string()).min(1, "must name at least one language").default(["en-us"]),
  defaultLanguage: z.string().default("en-us"),
  ...blocks,
});

export type MessengerConfigurationInputs = z.infer<typeof inputs>;

export interface MessengerConfigurationComputed {
  /** Number of the newest published version, as text; "" before the first publication. */
  publishedVersion: string;
  /** What the draft has of each input in which it differs from the published version. */
  draftChanges: Partial<MessengerConfigurationInputs>;
}

type LiveConfiguration = Live<MessengerConfigurationInputs, MessengerConfigurationComputed>;
type Version = Models.WebDeploymentConfigurationVersion;

export const messengerConfigurationKind: Kind<MessengerConfigurationInputs, MessengerConfigurationComputed> =
  {
    noun: "Genesys messenger configuration",
    type: "pulumi-nodejs:genesys:MessengerConfiguration",
    handler: "messengerConfiguration",
    inputs,
    replaceOn: [],
    sets: ["languages"],
    secrets: [],
    computed: {
      publishedVersion: { follows: "every input" },
      draftChanges: { follows: "every input" },
    },
    ailments: ({ draftChanges, publishedVersion }, wanted) => [
      ...(declaredChanges(draftChanges ?? {}, wanted).length > 0 ? ["draftChanges"] : []),
      ...(publishedVersion === "" ? ["publishedVersion"] : []),
    ],
    doubted: (live) => ({ ...live, publishedVersion: "" }),
    open: async (connections) => remote(connections.genesys(), connections.assumptions()),
  };

/** Edits are made in the draft; deployments use published versions, which are numbered and never change. */
interface Versions {
  draft: Version;
  published: Version | undefined;
}

function remote(
  genesys: GenesysConnection,
  assumptions: Assumptions,
): Remote<MessengerConfigurationInputs, MessengerConfigurationComputed> {
  let current: Versions | undefined;

  function remember(versions: Versions): LiveConfiguration {
    current = versions;
    return liveOf(versions);
  }

  async function read(id: string): Promise<LiveConfiguration | undefined> {
    const versions = await readVersions(genesys, id, assumptions);
    return versions && remember(versions);
  }

  return {
    read,

    async find({ owner }) {
      const drafts = await listConfigurations(genesys);
      const ours = drafts.filter(({ description }) => splitMark(description).owner === owner);
      return onlyMarked(messengerConfigurationKind.noun, owner, ours, read);
    },

    async create(wanted) {
      const body = documentOf(wanted, {});
      const draft = await genesys.write(
        "create the messenger configuration",
        answers.configuration,
        ({ webDeployments }) => webDeployments.postWebdeploymentsConfigurations(body),
      );
      return {
        id: String(draft.id),
        live: remember({ draft, published: undefined }),
      };
    },

    async sync(id, live, wanted) {
      if (current === undefined) throw new TypeError("A configuration is synced after it was read or made.");
      const draft = isAsWanted(current.draft, wanted)
        ? current.draft
        : await writeDraft(genesys, id, documentOf(wanted, current.draft));
      const published = live.publishedVersion === "" ? undefined : current.published;
      if (published !== undefined && isAsWanted(published, wanted)) return remember({ draft, published });
      const ready = draft.status === "Active" ? draft : await waitForDraft(genesys, id, draft);
      return remember({ draft: ready, published: await publish(genesys, id) });
    },

    async marked(id) {
      const draft = await readDraft(genesys, id);
      return draft && splitMark(draft.description);
    },

    async remove(id) {
      await genesys.remove("delete the messenger configuration", ({ webDeployments }) =>
        webDeployments.deleteWebdeploymentsConfiguration(id),
      );
    },

    gone: (id) => waitUntilGone(`messenger configuration ${id}`, () => readDraft(genesys, id)),
  };
}

/** The drafts of all configurations. */
export function listConfigurations(genesys: GenesysConnection): Promise<Version[]> {
  return allFollowing((after) =>
    genesys.read(
      "list the messenger configurations",
      answers.pageOf(answers.configuration),
      ({ webDeployments }) => webDeployments.getWebdeploymentsConfigurations({ after }),
    ),
  );
}

function readDraft(genesys: GenesysConnection, id: string): Promise<Version | undefined> {
  return genesys.readUnlessGone(
    "read the draft of the messenger configuration",
    answers.version,
    ({ webDeployments }) => webDeployments.getWebdeploymentsConfigurationVersionsDraft(id),
  );
}

async function readVersions(
  genesys: GenesysConnection,
  id: string,
  assumptions: Assumptions,
): Promise<Versions | undefined> {
  const listed = await listVersions(genesys, id);
  if (listed === undefined) return undefined;
  const newest = newestPublished(listed);
  const whole = assumptions.versionListIsWhole;
  const draft = (whole && listed.find(isDraft)) || (await readDraft(genesys, id));
  const published =
    whole || newest?.version === undefined ? newest : await readVersion(genesys, id, newest.version);
  return draft && { draft, published };
}

/** All versions, the draft among them; undefined when the configuration is gone. */
export async function listVersions(genesys: GenesysConnection, id: string): Promise<Version[] | undefined> {
  const page = (after: string | undefined) =>
    genesys.readUnlessGone(
      "list the versions of the messenger configuration",
      answers.pageOf(answers.version),
      ({ webDeployments }) => webDeployments.getWebdeploymentsConfigurationVersions(id, { after }),
    );
  const first = await page(undefined);
  return first && allFollowing(async (after) => (after === undefined ? first : ((await page(after)) ?? {})));
}

function readVersion(genesys: GenesysConnection, id: string, version: string): Promise<Version> {
  return genesys.read(
    `read version ${version} of the messenger configuration`,
    answers.publishedVersion,
    ({ webDeployments }) => webDeployments.getWebdeploymentsConfigurationVersion(id, version),
  );
}

export function isDraft({ version }: Version): boolean {
  return version?.toUpperCase() === "DRAFT";
}

/** Versions are numbers as text; the list has no promised order. */
export function newestPublished(versions: Version[]): Version | undefined {
  const published = versions.filter(({ version = "" }) => /^\d+$/.test(version));
  return published.sort((a, b) => Number(b.version) - Number(a.version))[0];
}

/** The whole document: a draft is written as a whole, so what is not declared is taken from the present one. */
function documentOf(wanted: MessengerConfigurationInputs, draft: Partial<Version>): Version {
  const declared = blockNames.filter((name) => wanted[name] !== undefined);
  return {
    ...withoutReadOnly(draft),
    name: wanted.name,
    description: withMark(wanted.description, wanted.owner),
    languages: wanted.languages,
    defaultLanguage: wanted.defaultLanguage,
    authenticationSettings: {
      enabled: true,
      integrationId: wanted.integrationId,
      allowSessionUpgrade: wanted.sessionUpgrade,
    },
    ...Object.fromEntries(declared.map((name) => [name, merged(draft[name], wanted[name])])),
  } as Version;
}

/** The declared parts over the present ones; lists are taken whole. */
function merged(present: unknown, declared: unknown): unknown {
  if (!isObject(present) || !isObject(declared)) return declared;
  const parts = Object.entries(declared).map(([key, value]) => [key, merged(present[key], value)]);
  return { ...present, ...Object.fromEntries(parts) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function inputsOf(version: Version): Partial<MessengerConfigurationInputs> {
  const { text: description, owner } = splitMark(version.description);
  const { enabled, integrationId, allowSessionUpgrade } = version.authenticationSettings ?? {};
  return {
    owner,
    description,
    name: version.name,
    // Switched off means that no integration signs visitors in, whatever id is still there.
    integrationId: enabled ? integrationId : undefined,
    sessionUpgrade: allowSessionUpgrade ?? false,
    languages: version.languages,
    defaultLanguage: version.defaultLanguage,
    ...Object.fromEntries(blockNames.map((name) => [name, version[name]])),
  };
}

function isAsWanted(version: Version, wanted: MessengerConfigurationInputs): boolean {
  return changesBetween(inputsOf(version), wanted).length === 0;
}

function changesBetween(
  live: Partial<MessengerConfigurationInputs>,
  wanted: Partial<MessengerConfigurationInputs>,
): string[] {
  const names = Object.keys(wanted) as (keyof MessengerConfigurationInputs)[];
  return names.filter(
    (name) => wanted[name] !== undefined && !fulfils(live[name], wanted[name], name === "languages"),
  );
}

/** Of the changes in the draft, those in what was declared; the rest is the admin's own. */
function declaredChanges(
  draft: Partial<MessengerConfigurationInputs>,
  wanted: MessengerConfigurationInputs,
): string[] {
  const changed = Object.keys(draft) as (keyof MessengerConfigurationInputs)[];
  return changed.filter((name) => changesBetween(draft, { [name]: wanted[name] }).length > 0);
}

/** What visitors are served is the published version; the draft only counts where it differs. */
function liveOf({ draft, published }: Versions): LiveConfiguration {
  const served = inputsOf(published ?? draft);
  const inDraft = inputsOf(draft);
  const changed = published === undefined ? [] : changesBetween(inDraft, served);
  return {
    ...served,
    publishedVersion: published?.version ?? "",
    draftChanges: Object.fromEntries(
      changed.map((name) => [name, inDraft[name as keyof typeof inDraft] ?? null]),
    ),
  };
}

function writeDraft(genesys: GenesysConnection, id: string, body: Version): Promise<Version> {
  return genesys.write(
    "write the draft of the messenger configuration",
    answers.version,
    ({ webDeployments }) => webDeployments.putWebdeploymentsConfigurationVersionsDraft(id, body),
  );
}

/**
 * Genesys refuses to publish a draft before it reports it Active.
 * @param written as it was answered: the draft from before was Active, too
 */
async function waitForDraft(genesys: GenesysConnection, id: string, written: Version): Promise<Version> {
  const failed = lasting();
  const draft = await waitFor({
    what: `the draft of messenger configuration ${id} to become Active`,
    look: () => readDraft(genesys, id),
    done: (seen) => isReady(id, seen, failed(seen?.status === "Error")) && !isFromBefore(written, seen),
    state: (seen) => (isFromBefore(written, seen) ? "as before the change" : (seen?.status ?? "not found")),
  });
  return draft as Version;
}

function isReady(id: string, draft: Version | undefined, hasFailed: boolean): boolean {
  if (!hasFailed) return draft?.status === "Active";
  throw new CodedError({
    code: "GENESYS_DRAFT_ERROR",
    what: "Genesys reports the draft of the messenger configuration in error.",
    evidence: { id },
    next: "Look at the configuration in the console, correct the settings it names, then run `pulumi up` again.",
  });
}

function publish(genesys: GenesysConnection, id: string): Promise<Version> {
  return genesys.write(
    "publish the messenger configuration",
    answers.publishedVersion,
    ({ webDeployments }) => webDeployments.postWebdeploymentsConfigurationVersionsDraftPublish(id),
  );
}

export type MessengerConfigurationArgs = Args<z.input<typeof inputs>>;

/** What the messenger looks like and who signs visitors in; published as numbered versions. */
export class MessengerConfiguration extends CustomResource {
  declare readonly name: Output<string>;
  declare readonly description: Output<string>;
  declare readonly integrationId: Output<string>;
  declare readonly sessionUpgrade: Output<boolean>;
  declare readonly languages: Output<string[]>;
  declare readonly defaultLanguage: Output<string>;
  declare readonly messenger: Output<Record<string, unknown> | undefined>;
  declare readonly publishedVersion: Output<string>;
  declare readonly draftChanges: Output<Record<string, unknown>>;
  declare readonly owner: Output<string>;

  constructor(name: string, args: MessengerConfigurationArgs, options?: CustomResourceOptions) {
    const defaulted = undeclared(
      "description",
      "sessionUpgrade",
      "languages",
      "defaultLanguage",
      ...blockNames,
    );
    const properties = {
      ...defaulted,
      ...undeclared("publishedVersion", "draftChanges"),
      owner: ownerOf(name),
      ...args,
    };
    super(
      messengerConfigurationKind.type,
      name,
      { ...properties, __provider: providerLiteral(messengerConfigurationKind.handler) },
      memberOptions(options),
    );
  }
}
