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
import { withoutReadOnly } from "./documents.ts";
import { allFollowing } from "./paging.ts";
import { isFromBefore } from "./staleAnswer.ts";

/** The messenger compares entries with the page's host name; scheme or port would never match. */
const hostName = z
  .string()
  .regex(
    /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i,
    "must be a bare host name such as shop.example.com, without scheme, port or path",
  );

const inputs = z.object({
  ...ownedInputs,
  name: z.string().trim().min(1, "must not be empty").max(100, "must have at most 100 characters"),
  /** Text shown in the console, before the owner's mark. */
  description: z.string().trim().default(""),
  configurationId: z.string().min(1, "must not be empty"),
  /** Published version to serve; publishing a newer one does not move a deployment. */
  configurationVersion: z.string().regex(/^\d+$/, "must be the number of a published version, as text"),
  /** Hosts of the pages that show the messenger; subdomains are included. */
  allowedDomains: z.array(hostName).default([]),
  /** Every host may show the messenger; `allowedDomains` must then be empty. */
  allowAllDomains: z.boolean().default(false),
  /** Id of the inbound message flow; without one, messages have nowhere to go. */
  flowId: z.string().optional(),
  status: z.enum(["Active", "Inactive"], "must be Active or Inactive").default("Active"),
});

export type MessengerDeploymentInputs = z.infer<typeof inputs>;

export interface MessengerDeploymentComputed {
  /** The script for the page, as Genesys writes it. */
  snippet: string;
  /** Where the page exchanges the authorization code. */
  apiUrl: string;
}

type Status = MessengerDeploymentInputs["status"];
type LiveDeployment = Live<MessengerDeploymentInputs, MessengerDeploymentComputed>;

export const messengerDeploymentKind: Kind<MessengerDeploymentInputs, MessengerDeploymentComputed> = {
  noun: "Genesys messenger deployment",
  type: "pulumi-nodejs:genesys:MessengerDeployment",
  handler: "messengerDeployment",
  inputs,
  replaceOn: [],
  sets: ["allowedDomains"],
  secrets: [],
  computed: {
    snippet: { follows: [] },
    apiUrl: { follows: "every input", foreseen: (_inputs, { genesys }) => genesys().apiUrl },
  },
  rules: ({ allowAllDomains, allowedDomains }) => {
    if (allowAllDomains === undefined || allowedDomains === undefined) return [];
    const property = "allowedDomains";
    if (allowAllDomains && allowedDomains.length > 0)
      return [{ property, reason: "must be empty with allowAllDomains" }];
    if (!allowAllDomains && allowedDomains.length === 0) {
      return [
        {
          property,
          reason: "must name at least one host, or set allowAllDomains: an empty list blocks every page",
        },
      ];
    }
    return [];
  },
  open: async (connections) => remote(connections.genesys()),
};

function remote(genesys: GenesysConnection): Remote<MessengerDeploymentInputs, MessengerDeploymentComputed> {
  let current: Models.WebDeployment | undefined;

  function remember(deployment: Models.WebDeployment, known: Partial<LiveDeployment> = {}): LiveDeployment {
    current = deployment;
    return { ...liveOf(deployment, genesys.apiUrl), status: statusOf(deployment, known) };
  }

  async function read(id: string, known?: Partial<LiveDeployment>): Promise<LiveDeployment | undefined> {
    const deployment = await readDeployment(genesys, id);
    return deployment && remember(deployment, known);
  }

  return {
    read,

    async find({ owner }) {
      const deployments = await listDeployments(genesys);
      const ours = deployments.filter(({ description }) => splitMark(description).owner === owner);
      return onlyMarked(messengerDeploymentKind.noun, owner, ours, read);
    },

    async create(wanted) {
      const made = await genesys.write(
        "create the messenger deployment",
        answers.deployment,
        ({ webDeployments }) => webDeployments.postWebdeploymentsDeployments(documentOf(wanted, {})),
      );
      return { id: String(made.id), live: remember(made) };
    },

    async sync(id, live, wanted) {
      if (current === undefined) throw new TypeError("A deployment is synced after it was read or made.");
      const written = differs(live, wanted) ? await write(genesys, id, documentOf(wanted, current)) : current;
      return remember(
        written.status === wanted.status ? written : await waitForStatus(genesys, id, wanted.status, written),
      );
    },

    async marked(id) {
      const deployment = await readDeployment(genesys, id);
      return deployment && splitMark(deployment.description);
    },

    async remove(id) {
      await genesys.remove("delete the messenger deployment", ({ webDeployments }) =>
        webDeployments.deleteWebdeploymentsDeployment(id),
      );
    },

    gone: (id) => waitUntilGone(`messenger deployment ${id}`, () => readDeployment(genesys, id)),
  };
}

/** All deployments of the org. */
export function listDeployments(genesys: GenesysConnection) {
  return allFollowing((after) =>
    genesys.read("list the messenger deployments", answers.pageOf(answers.deployment), ({ webDeployments }) =>
      webDeployments.getWebdeploymentsDeployments({ after }),
    ),
  );
}

/** Undefined when it is gone. */
export function readDeployment(
  genesys: GenesysConnection,
  id: string,
): Promise<Models.WebDeployment | undefined> {
  return genesys.readUnlessGone("read the messenger deployment", answers.deployment, ({ webDeployments }) =>
    webDeployments.getWebdeploymentsDeployment(id),
  );
}

/** The whole document: what is not declared (supported content, push integrations) is taken from the present one. */
function documentOf(
  wanted: MessengerDeploymentInputs,
  present: Partial<Models.WebDeployment>,
): Models.WebDeployment {
  return {
    ...withoutReadOnly(present),
    name: wanted.name,
    description: withMark(wanted.description, wanted.owner),
    configuration: { id: wanted.configurationId, version: wanted.configurationVersion },
    allowAllDomains: wanted.allowAllDomains,
    allowedDomains: wanted.allowedDomains,
    ...(wanted.flowId === undefined ? {} : { flow: { id: wanted.flowId } }),
    status: wanted.status,
  };
}

function write(
  genesys: GenesysConnection,
  id: string,
  body: Models.WebDeployment,
): Promise<Models.WebDeployment> {
  return genesys.write("write the messenger deployment", answers.deployment, ({ webDeployments }) =>
    webDeployments.putWebdeploymentsDeployment(id, body),
  );
}

/** A word that a later release has brought is no difference: what is recorded stays. */
function statusOf({ status }: Models.WebDeployment, known: Partial<LiveDeployment>): Status {
  const isKnown = ["Pending", "Active", "Inactive", "Error", "Deleting"].includes(status ?? "");
  return (isKnown ? status : (known.status ?? status)) as Status;
}

function liveOf(deployment: Models.WebDeployment, apiUrl: string): Omit<LiveDeployment, "status"> {
  const { text: description, owner } = splitMark(deployment.description);
  return {
    owner,
    description,
    name: deployment.name,
    configurationId: deployment.configuration?.id,
    configurationVersion: deployment.configuration?.version,
    allowedDomains: deployment.allowedDomains ?? [],
    allowAllDomains: deployment.allowAllDomains ?? false,
    flowId: deployment.flow?.id,
    snippet: deployment.snippet ?? "",
    apiUrl,
  };
}

function differs(live: LiveDeployment, wanted: MessengerDeploymentInputs): boolean {
  const pending = (live.status as string) === "Pending" && wanted.status === "Active";
  const names = Object.keys(wanted) as (keyof MessengerDeploymentInputs)[];
  return names
    .filter((name) => wanted[name] !== undefined && !(name === "status" && pending))
    .some((name) => !fulfils(live[name], wanted[name], name === "allowedDomains"));
}

/** @param written as it was answered: the deployment from before had the status, too */
async function waitForStatus(
  genesys: GenesysConnection,
  id: string,
  status: string,
  written: Models.WebDeployment,
): Promise<Models.WebDeployment> {
  const failed = lasting();
  const settled = await waitFor({
    what: `messenger deployment ${id} to become ${status}`,
    look: () => readDeployment(genesys, id),
    done: (seen) =>
      isSettled(id, seen, status, failed(seen?.status === "Error")) && !isFromBefore(written, seen),
    state: (seen) => (isFromBefore(written, seen) ? "as before the change" : (seen?.status ?? "not found")),
  });
  return settled as Models.WebDeployment;
}

function isSettled(
  id: string,
  deployment: Models.WebDeployment | undefined,
  status: string,
  hasFailed: boolean,
): boolean {
  if (!hasFailed) return deployment?.status === status;
  throw new CodedError({
    code: "GENESYS_DEPLOYMENT_ERROR",
    what: "Genesys reports the messenger deployment in error.",
    evidence: {
      id,
      configuration: deployment?.configuration?.id,
      version: deployment?.configuration?.version,
    },
    next: "Check the configuration and the flow it uses, then run `pulumi up` again.",
  });
}

export type MessengerDeploymentArgs = Args<z.input<typeof inputs>>;

/** What a page loads: it pins one published version of a configuration. Its id stands in the page. */
export class MessengerDeployment extends CustomResource {
  declare readonly name: Output<string>;
  declare readonly description: Output<string>;
  declare readonly configurationId: Output<string>;
  declare readonly configurationVersion: Output<string>;
  declare readonly allowedDomains: Output<string[]>;
  declare readonly allowAllDomains: Output<boolean>;
  declare readonly flowId: Output<string | undefined>;
  declare readonly status: Output<string>;
  declare readonly snippet: Output<string>;
  declare readonly apiUrl: Output<string>;
  declare readonly owner: Output<string>;

  constructor(name: string, args: MessengerDeploymentArgs, options?: CustomResourceOptions) {
    const defaulted = undeclared(
      "description",
      "allowedDomains",
      "allowAllDomains",
      "flowId",
      "status",
      "snippet",
      "apiUrl",
    );
    super(
      messengerDeploymentKind.type,
      name,
      {
        ...defaulted,
        owner: ownerOf(name),
        ...args,
        __provider: providerLiteral(messengerDeploymentKind.handler),
      },
      memberOptions(options),
    );
  }
}
