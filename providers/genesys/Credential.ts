import { type Output, secret } from "@pulumi/pulumi/output.js";
import { CustomResource, type CustomResourceOptions } from "@pulumi/pulumi/resource.js";
import type { Models } from "purecloud-platform-client-v2";
import { z } from "zod";
import type { Assumptions } from "../assumptions.ts";
import type { Kind, Live, Remote } from "../lifecycle.ts";
import { onlyMarked } from "../marked.ts";
import { splitMark, withMark } from "../ownerMark.ts";
import { type Args, memberOptions, ownedInputs, ownerOf, providerLiteral, undeclared } from "../resource.ts";
import { waitUntilGone } from "../waiting.ts";
import * as answers from "./answers.ts";
import type { GenesysConnection } from "./connection.ts";
import { credentialFieldNames, integrationTypeFacts } from "./integrationType.ts";
import { allPages } from "./paging.ts";

const inputs = z.object({
  ...ownedInputs,
  /** Name in the list of credentials; the owner's mark is added to it, since a credential has no other text. */
  name: z.string().trim().min(1, "must not be empty").max(100, "must have at most 100 characters"),
  /** Client id at the identity provider. */
  clientId: z.string().min(1, "must not be empty"),
  /** Client secret at the identity provider. Genesys never gives it back. */
  clientSecret: z.string().min(1, "must not be empty"),
  /** Name of the credential type. Default: the one that the OpenID Connect messenger integration asks for. */
  type: z.string().optional(),
});

export type CredentialInputs = z.infer<typeof inputs>;

export interface CredentialComputed {
  /** ISO date of the last writing, as Genesys reports it. */
  modifiedDate: string;
}

type LiveCredential = Live<CredentialInputs, CredentialComputed>;

export const credentialKind: Kind<CredentialInputs, CredentialComputed> = {
  noun: "Genesys credential",
  type: "pulumi-nodejs:genesys:Credential",
  handler: "credential",
  inputs,
  replaceOn: ["type"],
  sets: [],
  secrets: ["clientSecret"],
  unreadable: { clientId: "AMSG_IMPORT_CLIENT_ID", clientSecret: "AMSG_IMPORT_CLIENT_SECRET" },
  computed: {
    modifiedDate: { follows: "every input" },
  },
  doubted: ({ clientId, clientSecret, ...rest }) => rest,
  open: async (connections) => remote(connections.genesys(), connections.assumptions()),
};

function remote(
  genesys: GenesysConnection,
  assumptions: Assumptions,
): Remote<CredentialInputs, CredentialComputed> {
  return {
    unchangeable: async ({ type }) => ({ type: type ?? (await usualType(genesys)) }),

    async read(id, known) {
      // Only the list tells the date of the last writing; only the 404 of a single read proves absence.
      const listed = (await listCredentials(genesys)).find((credential) => credential.id === id);
      if (listed) return { ...liveOf(listed, known), ...writtenFields(listed, known, assumptions) };
      const unlisted = await readCredential(genesys, id);
      return unlisted && { ...known, ...liveOf(unlisted, known) };
    },

    async find({ owner }) {
      const ours = (await listCredentials(genesys)).filter(({ name }) => splitMark(name).owner === owner);
      return onlyMarked(credentialKind.noun, owner, ours, async (id) => {
        const present = await readCredential(genesys, id);
        // Only the list tells the date of the last writing.
        return present && liveOf(ours.find((credential) => credential.id === id) ?? present);
      });
    },

    async create(wanted) {
      const body = await bodyOf(genesys, wanted);
      const made = await genesys.write("create the credential", answers.credential, ({ integrations }) =>
        integrations.postIntegrationsCredentials({ body }),
      );
      return {
        id: String(made.id),
        live: { ...liveOf(made), clientId: wanted.clientId, clientSecret: wanted.clientSecret },
      };
    },

    async sync(id, live, wanted) {
      const written = live.clientId === wanted.clientId && live.clientSecret === wanted.clientSecret;
      if (written && live.name === wanted.name && live.owner === wanted.owner) return live;
      // One without our mark, which was imported, may hold something else.
      const body = await bodyOf(genesys, wanted, live.owner === undefined ? live.type : undefined);
      const made = await genesys.write("write the credential", answers.credential, ({ integrations }) =>
        integrations.putIntegrationsCredential(id, { body }),
      );
      return { ...liveOf(made), clientId: wanted.clientId, clientSecret: wanted.clientSecret };
    },

    async marked(id) {
      const credential = await readCredential(genesys, id);
      return credential && splitMark(credential.name);
    },

    async remove(id) {
      await genesys.remove("delete the credential", ({ integrations }) =>
        integrations.deleteIntegrationsCredential(id),
      );
    },

    gone: (id) => waitUntilGone(`credential ${id}`, () => readCredential(genesys, id)),
  };
}

/** All credentials of the org, without their fields. */
export function listCredentials(genesys: GenesysConnection): Promise<Models.CredentialInfo[]> {
  return allPages((pageNumber) =>
    genesys.read("list the credentials", answers.pageOf(answers.credential), ({ integrations }) =>
      integrations.getIntegrationsCredentials({ pageSize: 100, pageNumber }),
    ),
  );
}

/** Undefined when it is gone. */
export function readCredential(
  genesys: GenesysConnection,
  id: string,
): Promise<Models.Credential | undefined> {
  return genesys.readUnlessGone("read the credential", answers.credential, ({ integrations }) =>
    integrations.getIntegrationsCredential(id),
  );
}

/** The one that the integration asks for. */
async function usualType(genesys: GenesysConnection): Promise<string> {
  return (await integrationTypeFacts(genesys, undefined)).credentialType;
}

/** @param present the type of what is there, where it is to stay unless another is declared */
async function bodyOf(
  genesys: GenesysConnection,
  wanted: CredentialInputs,
  present?: string,
): Promise<Models.Credential> {
  const type = wanted.type ?? present ?? (await usualType(genesys));
  const fields = await credentialFieldNames(genesys, type);
  return {
    name: withMark(wanted.name, wanted.owner),
    type: { name: type },
    credentialFields: { [fields.clientId]: wanted.clientId, [fields.clientSecret]: wanted.clientSecret },
  };
}

/** @param known where Genesys does not tell the date, it is the one that is recorded */
function liveOf(credential: Models.CredentialInfo, known: Partial<LiveCredential> = {}): LiveCredential {
  const { text, owner } = splitMark(credential.name);
  const modifiedDate = credential.modifiedDate ?? known.modifiedDate ?? "";
  return { name: text, owner, type: credential.type?.name, modifiedDate };
}

/** The fields cannot be read: they are what we wrote as long as nobody has written since. */
function writtenFields(
  credential: Models.CredentialInfo,
  known: Partial<LiveCredential>,
  assumptions: Assumptions,
) {
  const { clientId, clientSecret, modifiedDate } = known;
  if (modifiedDate === undefined) return {};
  const told = credential.modifiedDate ?? modifiedDate;
  const untouched = !assumptions.credentialDateMarksWrites || told === modifiedDate;
  if (untouched) return { clientId, clientSecret };
  const unknown = `unknown: somebody wrote the credential on ${credential.modifiedDate}`;
  return { clientId: unknown, clientSecret: unknown };
}

export type CredentialArgs = Args<z.input<typeof inputs>>;

/** The copy of client id and secret with which Genesys redeems codes at the identity provider. */
export class Credential extends CustomResource {
  declare readonly name: Output<string>;
  declare readonly clientId: Output<string>;
  /** Secret. */
  declare readonly clientSecret: Output<string>;
  /** Name of the credential type in this org. */
  declare readonly type: Output<string>;
  declare readonly modifiedDate: Output<string>;
  declare readonly owner: Output<string>;

  constructor(name: string, args: CredentialArgs, options?: CustomResourceOptions) {
    const properties = {
      ...undeclared("type", "modifiedDate"),
      owner: ownerOf(name),
      ...args,
      clientSecret: secret(args.clientSecret),
    };
    super(
      credentialKind.type,
      name,
      { ...properties, __provider: providerLiteral(credentialKind.handler) },
      memberOptions(options, credentialKind.secrets),
    );
  }
}
