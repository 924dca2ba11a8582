import { z } from "zod";
import type { MemberSummary } from "../../components/AuthenticatedMessaging.ts";
import { type PageContract, pageContractSchema } from "../../components/pageContract.ts";
import { type Connections, connectionsFrom } from "../../providers/connections.ts";
import { CodedError } from "../../providers/errors.ts";
import { byName, configFlags, queryStack, type StackReference } from "./pulumi.ts";

export type MemberName = MemberSummary["member"];

/** The members in the order in which they depend on each other. */
export const memberNames = ["ECA", "credential", "integration", "configuration", "deployment"] as const;

/** The resource type of each member; part of the state format. */
export const memberTypes: Readonly<Record<MemberName, string>> = {
  ECA: "pulumi-nodejs:salesforce:ExternalClientApp",
  credential: "pulumi-nodejs:genesys:Credential",
  integration: "pulumi-nodejs:genesys:Integration",
  configuration: "pulumi-nodejs:genesys:MessengerConfiguration",
  deployment: "pulumi-nodejs:genesys:MessengerDeployment",
};

const componentType = "authenticated-messaging:index:AuthenticatedMessaging";

/** One member as the stack's state records it. Secrets among the values are plain: never print them. */
export interface RecordedMember {
  urn: string;
  /** Last part of the URN: `messaging-app`. */
  resource: string;
  id: string;
  /** What the program declared. */
  inputs: Record<string, unknown>;
  /** What the vendor served when the state was written. */
  outputs: Record<string, unknown>;
}

/** One set as the stack's state records it. */
export interface MessagingSet {
  project: string;
  stack: string;
  /** Name of the component in the program: `messaging`. */
  name: string;
  pageContract: PageContract;
  /** A member that an interrupted update has not made anew yet is missing. */
  members: Partial<Record<MemberName, RecordedMember>>;
}

/** A set, and the way to both vendors with the log-ins of its stack. */
export interface OpenedSet {
  set: MessagingSet;
  connections: Connections;
  /** Key of the stack configuration without the project's name, defaults of Pulumi.yaml included. */
  setting(key: string): string | undefined;
}

const bag = z.record(z.string(), z.unknown());
const resourceSchema = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  parent: z.string().optional(),
  inputs: bag.default({}),
  outputs: bag.default({}),
});
const exportSchema = z.object({
  deployment: z.object({ resources: z.array(resourceSchema).nullish() }),
});
const configSchema = z.record(z.string(), z.object({ value: z.string().optional() }));
type Resource = z.infer<typeof resourceSchema>;

/**
 * Reads a set from a stack's state and opens the way to its vendors, all through the Pulumi CLI. Nothing is asked
 * of the vendors yet.
 *
 * @param name of the set's component; needed only where a stack has several
 * @throws CodedError STACK_NOT_READ, SET_NOT_FOUND, SET_AMBIGUOUS, SET_NOT_COMPLETE
 */
export async function openSet(reference: StackReference, name?: string): Promise<OpenedSet> {
  const [exported, config] = await Promise.all([
    queryStack(reference, ["stack", "export", "--show-secrets"]),
    queryStack(reference, ["config", "--json", "--show-secrets", ...configFlags(reference)]),
  ]);
  const set = setIn(exported, name, reference.stack);
  const settings = configSchema.parse(config);
  const setting = (key: string) => settings[`${set.project}:${key}`]?.value || undefined;
  return { set, setting, connections: connectionsFrom(setting) };
}

/**
 * Reads a set from a stack's state, through the Pulumi CLI.
 *
 * @throws CodedError STACK_NOT_READ, SET_NOT_FOUND, SET_AMBIGUOUS, SET_NOT_COMPLETE
 */
export async function readSet(reference: StackReference, name?: string): Promise<MessagingSet> {
  return setIn(await queryStack(reference, ["stack", "export", "--show-secrets"]), name, reference.stack);
}

/**
 * The set in an exported state.
 *
 * @param stack as it was named, for errors
 * @throws CodedError SET_NOT_FOUND, SET_AMBIGUOUS, SET_NOT_COMPLETE
 */
export function setIn(exported: unknown, name?: string, stack?: string): MessagingSet {
  const resources = exportSchema.parse(exported).deployment.resources ?? [];
  const component = choose(
    resources.filter(({ type }) => type === componentType),
    name,
    stack,
  );
  const [ofStack = "", project = ""] = component.urn.replace(/^urn:pulumi:/, "").split("::");
  const contract = pageContractSchema.safeParse(component.outputs.pageContract);
  if (!contract.success) throw notComplete(component);
  const children = resources.filter(({ parent }) => parent === component.urn);
  const members = memberNames.flatMap((member) => {
    const found = children.find(({ type, id }) => type === memberTypes[member] && id);
    return found ? [[member, recorded(found)]] : [];
  });
  return {
    project,
    stack: ofStack,
    name: resourceName(component.urn),
    pageContract: contract.data,
    members: Object.fromEntries(members),
  };
}

/**
 * A member that must be there.
 *
 * @throws CodedError SET_NOT_COMPLETE
 */
export function memberOf(set: MessagingSet, member: MemberName): RecordedMember {
  const found = set.members[member];
  if (found) return found;
  throw new CodedError({
    code: "SET_NOT_COMPLETE",
    what: `The stack has no ${member}: an update was interrupted, or never done.`,
    evidence: { stack: set.stack, set: set.name },
    next: "Run `npx pulumi up`: it makes what is missing.",
  });
}

function choose(components: readonly Resource[], name?: string, stack = "the selected one"): Resource {
  const named = components.filter(({ urn }) => name === undefined || resourceName(urn) === name);
  const [first, ...others] = named;
  if (first && others.length === 0) return first;
  const names = components.map(({ urn }) => resourceName(urn)).join(", ");
  if (first) {
    throw new CodedError({
      code: "SET_AMBIGUOUS",
      what: "The stack has several sets.",
      evidence: { stack, sets: names },
      next: "Name the one you mean by --set, for `amsg compare` as STACK:SET.",
    });
  }
  throw new CodedError({
    code: "SET_NOT_FOUND",
    what: name === undefined ? "The stack has no set." : `The stack has no set named ${name}.`,
    evidence: { stack, sets: names || "none" },
    next: `${names ? "Name one of these by --set" : "Build it by `npx pulumi up`"}, or name the stack that has it ${byName}.`,
  });
}

function notComplete({ urn }: Resource): CodedError {
  return new CodedError({
    code: "SET_NOT_COMPLETE",
    what: "The stack's state has no page contract for the set: its first update did not come to an end.",
    evidence: { set: resourceName(urn) },
    next: "Run `npx pulumi up`: it makes what is missing.",
  });
}

function recorded({ urn, id = "", inputs, outputs }: Resource): RecordedMember {
  return { urn, id, resource: resourceName(urn), inputs: revealed(inputs), outputs: revealed(outputs) };
}

function resourceName(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** How Pulumi marks a special value in a state, here a secret: its signature key and that of secrets. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

function revealed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(revealed) as T;
  if (typeof value !== "object" || value === null) return value;
  const properties = value as Record<string, unknown>;
  if (properties[signatureKey] === secretSignature) return JSON.parse(String(properties.plaintext)) as T;
  const entries = Object.entries(properties).map(([name, inner]) => [name, revealed(inner)]);
  return Object.fromEntries(entries) as T;
}
