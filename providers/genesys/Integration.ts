import type { Output } from "@pulumi/pulumi/output.js";
import { CustomResource, type CustomResourceOptions } from "@pulumi/pulumi/resource.js";
import type { Models } from "purecloud-platform-client-v2";
import { z } from "zod";
import { fulfils } from "../comparison.ts";
import { CodedError } from "../errors.ts";
import type { Kind, Live, Remote } from "../lifecycle.ts";
import { onlyMarked } from "../marked.ts";
import { splitMark, withMark } from "../ownerMark.ts";
import { type Args, memberOptions, ownedInputs, ownerOf, providerLiteral, undeclared } from "../resource.ts";
import { lasting, waitFor, waitUntilGone } from "../waiting.ts";
import * as answers from "./answers.ts";
import type { GenesysConnection } from "./connection.ts";
import { discoveryProperty, integrationTypeFacts } from "./integrationType.ts";
import { allPages } from "./paging.ts";

const inputs = z.object({
  ...ownedInputs,
  /** Name in the list of integrations. */
  name: z.string().trim().min(1, "must not be empty").max(256, "must have at most 256 characters"),
  /** The identity provider's OpenID Connect discovery document. */
  discoveryUrl: z.url({ protocol: /^https?$/, error: "must be the URL of a discovery document" }),
  /** Id of the credential with client id and secret. */
  credentialId: z.string().min(1, "must not be empty"),
  /** Genesys makes integrations disabled; a disabled one signs nobody in. */
  enabled: z.boolean().default(true),
  /** Further properties of the integration type, under the vendor's keys, for example a refresh token lifetime. */
  properties: z.record(z.string(), z.json()).default({}),
  /** Notes shown in the console, before the owner's mark. */
  notes: z.string().trim().default(""),
  /** Id of the integration type. Default: the type named "OpenID Connect Messenger Configuration". */
  type: z.string().optional(),
});

export type IntegrationInputs = z.infer<typeof inputs>;

export interface IntegrationComputed {
  /** Id of the integration type in this org. */
  typeId: string;
  /** Key of the credential in the integration's configuration, from the type. */
  credentialKey: string;
  /** Key of the discovery URL among the properties, from the type's schema. */
  discoveryKey: string;
  /** ACTIVE, ACTIVATING, INACTIVE, DEACTIVATING or ERROR. */
  reportedState: string;
  /** Number of the current configuration; grows with every write. */
  configVersion: number;
}

type LiveIntegration = Live<IntegrationInputs, IntegrationComputed>;
type Keys = Pick<IntegrationComputed, "typeId" | "credentialKey" | "discoveryKey">;

export const integrationKind: Kind<IntegrationInputs, IntegrationComputed> = {
  noun: "Genesys integration",
  type: "pulumi-nodejs:genesys:Integration",
  handler: "integration",
  inputs,
  replaceOn: ["type"],
  sets: [],
  secrets: [],
  computed: {
    typeId: { follows: [] },
    credentialKey: { follows: [] },
    discoveryKey: { follows: [] },
    // No other state counts as done.
    reportedState: {
      follows: ["enabled"],
      foreseen: ({ enabled }) => (enabled ? "ACTIVE" : "INACTIVE"),
    },
    configVersion: { follows: "every input" },
  },
  ailments: ({ enabled: isOn, reportedState }, { enabled }) =>
    enabled && isOn && ailing.includes(reportedState) ? ["reportedState"] : [],
  // One that is enabled and INACTIVE is switched off and on again.
  doubted: (live) => ({ ...live, reportedState: "INACTIVE" }),
  open: async (connections) => remote(connections.genesys()),
};

/** States in which an integration that is enabled signs nobody in. A state that is not known here proves nothing. */
const ailing = ["ACTIVATING", "INACTIVE", "DEACTIVATING", "ERROR"];

/** What Genesys knows of one integration: the object and its configuration are two documents. */
export interface Documents {
  integration: Models.Integration;
  /** Not known straight after a creation whose answer left it out. */
  config: Models.IntegrationConfiguration | undefined;
}

function remote(genesys: GenesysConnection): Remote<IntegrationInputs, IntegrationComputed> {
  let current: Documents | undefined;

  function remember(documents: Documents, known: Keys & Partial<LiveIntegration>): LiveIntegration {
    current = documents;
    return liveOf(documents, known);
  }

  return {
    unchangeable: async ({ type }) => ({
      type: type ?? (await integrationTypeFacts(genesys, undefined)).typeId,
    }),

    async read(id, known) {
      const documents = await readDocuments(genesys, id);
      if (documents === undefined) return undefined;
      const type = known.type ?? documents.integration.integrationType?.id;
      return remember(documents, { ...known, ...(await keysOf(genesys, { ...known, type })) });
    },

    async find({ owner, type }) {
      // Of whatever type: one that a crash left may be of another than the program declares by now.
      const ours = (await listIntegrations(genesys)).filter(
        (integration) => ownerOfIntegration(integration) === owner,
      );
      return onlyMarked(integrationKind.noun, owner, ours, async (id) => {
        const documents = await readDocuments(genesys, id);
        const present = documents?.integration.integrationType?.id ?? type;
        return documents && remember(documents, await keysOf(genesys, { type: present }));
      });
    },

    async create({ name, owner, type }) {
      const keys = await keysOf(genesys, { type });
      // The mark stands in the name until the configuration, which holds the notes, is written.
      const body = { name: withMark(name, owner), integrationType: { id: keys.typeId } };
      const made = await genesys.write("create the integration", answers.integration, ({ integrations }) =>
        integrations.postIntegrations({ body }),
      );
      const id = String(made.id);
      return { id, live: remember({ integration: made, config: configIn(made) }, keys) };
    },

    async sync(id, live, wanted) {
      if (current === undefined) throw new TypeError("An integration is synced after it was read or made.");
      const present = current.config ?? (await readConfig(genesys, id));
      const config = await writeConfig(genesys, id, live, present, wanted);
      const untouched = config === present && live.enabled === wanted.enabled && isHealthy(live);
      const integration = untouched ? current.integration : await switchTo(genesys, id, live, wanted.enabled);
      return remember({ integration, config }, live);
    },

    async marked(id) {
      const integration = await readIntegration(genesys, id);
      return integration && { owner: ownerOfIntegration(integration) };
    },

    async remove(id) {
      await genesys.remove("delete the integration", ({ integrations }) =>
        integrations.deleteIntegration(id),
      );
    },

    gone: (id) => waitUntilGone(`integration ${id}`, () => readIntegration(genesys, id)),
  };
}

/** All integrations of the org, or those of one type. */
export function listIntegrations(
  genesys: GenesysConnection,
  integrationType?: string,
): Promise<Models.Integration[]> {
  return allPages((pageNumber) =>
    genesys.read("list the integrations", answers.pageOf(answers.integration), ({ integrations }) =>
      integrations.getIntegrations({ pageSize: 100, pageNumber, integrationType }),
    ),
  );
}

export function ownerOfIntegration({ name, notes }: Models.Integration): string | undefined {
  return splitMark(notes).owner ?? splitMark(name).owner;
}

function readIntegration(genesys: GenesysConnection, id: string): Promise<Models.Integration | undefined> {
  return genesys.readUnlessGone("read the integration", answers.integration, ({ integrations }) =>
    integrations.getIntegration(id),
  );
}

/** Undefined when the integration is gone. */
export async function readDocuments(genesys: GenesysConnection, id: string): Promise<Documents | undefined> {
  const integration = await readIntegration(genesys, id);
  return integration && { integration, config: configIn(integration) ?? (await readConfig(genesys, id)) };
}

/** Some answers carry the configuration, others only point to it. */
function configIn({ config }: Models.Integration): Models.IntegrationConfiguration | undefined {
  return answers.integrationConfig.safeParse(config?.current).success ? config?.current : undefined;
}

function readConfig(genesys: GenesysConnection, id: string): Promise<Models.IntegrationConfiguration> {
  return genesys.read("read the integration's configuration", answers.integrationConfig, ({ integrations }) =>
    integrations.getIntegrationConfigCurrent(id),
  );
}

/** The org's spelling is recorded with the object, so that a refresh need not look it up. */
async function keysOf(genesys: GenesysConnection, known: Partial<LiveIntegration>): Promise<Keys> {
  const { typeId, credentialKey, discoveryKey } = known;
  if (typeId && credentialKey && discoveryKey) return { typeId, credentialKey, discoveryKey };
  const facts = await integrationTypeFacts(genesys, known.type);
  return { ...facts, discoveryKey: await discoveryProperty(genesys, facts.typeId) };
}

function liveOf(
  { integration, config }: Documents,
  { typeId, credentialKey, discoveryKey, enabled }: Keys & Partial<LiveIntegration>,
): LiveIntegration {
  const { [discoveryKey]: discoveryUrl, ...properties } = (config?.properties ?? {}) as Record<
    string,
    z.infer<ReturnType<typeof z.json>>
  >;
  const { text: notes, owner } = splitMark(withoutPlaceholder(config?.notes));
  return {
    owner,
    name: config?.name,
    discoveryUrl: typeof discoveryUrl === "string" ? discoveryUrl : undefined,
    credentialId: config?.credentials?.[credentialKey]?.id,
    enabled: isEnabled(integration.intendedState) ?? enabled ?? false,
    properties,
    notes,
    type: integration.integrationType?.id ?? typeId,
    typeId,
    credentialKey,
    discoveryKey,
    reportedState: integration.reportedState?.code ?? "unknown",
    configVersion: config?.version ?? 0,
  };
}

/** Undefined for a word that a later release has brought. */
function isEnabled(intendedState: string): boolean | undefined {
  if (intendedState === "ENABLED") return true;
  return ["DISABLED", "DELETED"].includes(intendedState) ? false : undefined;
}

/** Empty notes may come back as this text (terraform-provider-genesyscloud, flattenIntegrationConfig). */
function withoutPlaceholder(notes: string | undefined): string {
  return notes === "node_dynamodb_empty_string" ? "" : (notes ?? "");
}

async function writeConfig(
  genesys: GenesysConnection,
  id: string,
  live: LiveIntegration,
  config: Models.IntegrationConfiguration,
  wanted: IntegrationInputs,
): Promise<Models.IntegrationConfiguration> {
  if (!differs(live, wanted)) return config;
  const body = {
    ...config,
    name: wanted.name,
    notes: withMark(wanted.notes, wanted.owner),
    properties: { ...config.properties, ...wanted.properties, [live.discoveryKey]: wanted.discoveryUrl },
    credentials: { ...config.credentials, [live.credentialKey]: { id: wanted.credentialId } },
  };
  return genesys.write(
    "write the integration's configuration",
    answers.integrationConfig,
    ({ integrations }) => integrations.putIntegrationConfigCurrent(id, { body }),
  );
}

function differs(live: LiveIntegration, wanted: IntegrationInputs): boolean {
  const names = ["owner", "name", "discoveryUrl", "credentialId", "notes", "properties"] as const;
  return names.some((name) => !fulfils(live[name], wanted[name], false));
}

function isHealthy({ enabled, reportedState }: LiveIntegration): boolean {
  return enabled ? !ailing.includes(reportedState) : reportedState === "INACTIVE";
}

/** Brings the integration to the intended state and waits until Genesys reports it. */
async function switchTo(
  genesys: GenesysConnection,
  id: string,
  live: LiveIntegration,
  enabled: boolean,
): Promise<Models.Integration> {
  const goal = enabled ? "ACTIVE" : "INACTIVE";
  // An integration that is enabled but in error stays there until it is switched off and on again.
  const stuck = enabled && live.enabled && ["INACTIVE", "DEACTIVATING", "ERROR"].includes(live.reportedState);
  if (stuck) await patch(genesys, id, "DISABLED");
  const failed = lasting();
  if (stuck || live.enabled !== enabled) {
    const patched = await patch(genesys, id, enabled ? "ENABLED" : "DISABLED");
    if (patched.reportedState?.code === goal) return patched;
  }
  const settled = await waitFor({
    what: `integration ${id} to become ${goal}`,
    look: () => readIntegration(genesys, id),
    done: (seen) => isSettled(id, seen, goal, failed(seen?.reportedState?.code === "ERROR")),
    state: (seen) => seen?.reportedState?.code ?? "none reported",
  });
  return settled as Models.Integration;
}

function patch(
  genesys: GenesysConnection,
  id: string,
  intendedState: "ENABLED" | "DISABLED",
): Promise<Models.Integration> {
  return genesys.write(`set the integration to ${intendedState}`, answers.integration, ({ integrations }) =>
    integrations.patchIntegration(id, { body: { intendedState } }),
  );
}

function isSettled(
  id: string,
  seen: Models.Integration | undefined,
  goal: string,
  hasFailed: boolean,
): boolean {
  const reportedState = seen?.reportedState;
  if (!hasFailed) return reportedState?.code === goal;
  throw new CodedError({
    code: "GENESYS_INTEGRATION_ERROR",
    what: "Genesys reports the integration in error.",
    evidence: { id, effective: reportedState?.effective, detail: reportedState?.detail?.message },
    next: "Check the discovery URL and the credential, then run `pulumi up` again.",
  });
}

export type IntegrationArgs = Args<z.input<typeof inputs>>;

/** The Genesys side of the identity provider: discovery URL and credential, switched on. */
export class Integration extends CustomResource {
  declare readonly name: Output<string>;
  declare readonly discoveryUrl: Output<string>;
  declare readonly credentialId: Output<string>;
  declare readonly enabled: Output<boolean>;
  declare readonly properties: Output<Record<string, unknown>>;
  declare readonly notes: Output<string>;
  declare readonly type: Output<string>;
  declare readonly typeId: Output<string>;
  declare readonly reportedState: Output<string>;
  declare readonly configVersion: Output<number>;
  declare readonly owner: Output<string>;

  constructor(name: string, args: IntegrationArgs, options?: CustomResourceOptions) {
    const computed = undeclared(
      "enabled",
      "properties",
      "notes",
      "type",
      "typeId",
      "reportedState",
      "configVersion",
    );
    super(
      integrationKind.type,
      name,
      { ...computed, owner: ownerOf(name), ...args, __provider: providerLiteral(integrationKind.handler) },
      memberOptions(options),
    );
  }
}
