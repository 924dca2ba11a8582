import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { type Adoption, findAdopted, removedName } from "./adoption.ts";
import { fulfils, project } from "./comparison.ts";
import type { Connections } from "./connections.ts";
import { CodedError, hasOutcome, textOf, VendorError } from "./errors.ts";
import type { Foresight } from "./foresight.ts";
import { fitting, takeOver } from "./marked.ts";
import { operation } from "./operation.ts";
import { isRewriteOrdered } from "./rewriteOrder.ts";
import { backOff, Deadline } from "./waiting.ts";

/** What every member declares: its owner, `<project>/<stack>/<component name>`. */
export interface Owned {
  owner: string;
}

/** What the vendor serves, under the names of the inputs, and what it alone decides. */
export type Live<Inputs, Computed> = Partial<Inputs> & Computed;

/**
 * One kind of remote object: what it can be told, and how it is found, made, changed and removed.
 * Everything that is the same for all kinds is in this file.
 */
export interface Kind<Inputs extends Owned, Computed extends object> {
  /** For people: "Genesys integration". */
  readonly noun: string;
  /** Pulumi's type of the resource. It stands in every state and never changes. */
  readonly type: string;
  /** The name under which `index.ts` exports the provider. It stands in every state and never changes. */
  readonly handler: string;
  readonly inputs: z.ZodObject;
  /** Inputs that cannot change in place. */
  readonly replaceOn: readonly (keyof Inputs & string)[];
  /** The vendor refuses a second object in its place, so that there never is a twin. */
  readonly isUnique?: boolean;
  /** Inputs whose lists have no order. */
  readonly sets: readonly (keyof Inputs & string)[];
  /** Inputs and outputs that nobody may see. */
  readonly secrets: readonly (keyof (Inputs & Computed) & string)[];
  /** Inputs that the vendor takes and never gives back, each with the environment variable that tells it to an import. */
  readonly unreadable?: { readonly [Name in keyof Inputs & string]?: string };
  /** What can be told beforehand of each output that is no input. */
  readonly computed: { readonly [Name in keyof Required<Computed>]: Foresight<Inputs> };
  /** Rules over several inputs; inputs that are not known yet are undefined. */
  readonly rules?: (inputs: Partial<Inputs>) => { property: keyof Inputs & string; reason: string }[];
  /** Differences that are no input: a reported state in error, an edited draft. Names of outputs. */
  readonly ailments?: (live: Live<Inputs, Computed>, inputs: Inputs) => string[];
  /** By input: whether the vendor may serve this value for good instead of the wanted one; reported, not fought. */
  readonly overrulable?: Readonly<Record<string, (wanted: unknown, live: unknown) => boolean>>;
  /** The live values without those that a rewrite does not believe, so that `sync` writes them though they look right. */
  readonly doubted?: (live: Live<Inputs, Computed>) => Live<Inputs, Computed>;
  readonly open: (connections: Connections) => Promise<Remote<Inputs, Computed>>;
}

/** The requests of one kind. All of them throw `VendorError`; only `read` answers with absence. */
export interface Remote<Inputs extends Owned, Computed extends object> {
  /**
   * The object as it is now, or undefined when the vendor itself says that it does not exist.
   * @param wanted what it is about to be brought to, if it is
   */
  read(
    id: string,
    known: Partial<Live<Inputs, Computed>>,
    wanted?: Inputs,
  ): Promise<Live<Inputs, Computed> | undefined>;
  /** The object that carries our owner mark. Throws when a foreign object stands in its place. */
  find(inputs: Inputs): Promise<{ id: string; live: Live<Inputs, Computed> } | undefined>;
  /** What a creation would make of the inputs that cannot change in place, declared or not. Reads alone. */
  unchangeable?(inputs: Inputs): Promise<Partial<Inputs>>;
  /** Makes the object, as little of it as the vendor takes in one request. */
  create(inputs: Inputs): Promise<{ id: string; live: Live<Inputs, Computed> }>;
  /** Writes what differs, and only that; waits until the vendor reports it ready. */
  sync(id: string, live: Live<Inputs, Computed>, inputs: Inputs): Promise<Live<Inputs, Computed>>;
  /** Whose mark the object carries now, if any, by one request; undefined when the object is gone. */
  marked(id: string): Promise<{ owner: string | undefined } | undefined>;
  /** Asks for the removal. Not-found is for the caller to judge. */
  remove(id: string, known: Partial<Live<Inputs, Computed>>): Promise<void>;
  /** Waits until the removal can be seen. */
  gone(id: string, known: Partial<Live<Inputs, Computed>>): Promise<void>;
}

/** The outputs that are recorded: the live values of the inputs as far as declared, and the computed ones. */
export type Recorded<Inputs, Computed> = Live<Inputs, Computed> & { overruled?: string[] };

/** The object exists, but not all of it is as it should be: the caller must record what is known. */
export class IncompleteError extends Error {
  readonly id: string;
  readonly live: object;

  constructor(id: string, live: object, cause: unknown) {
    super(textOf(cause), { cause });
    this.id = id;
    this.live = live;
  }
}

const attempts = 4;

/** How long after its answer was lost a creation may still be performed without a second one being made. */
const lateMs = 15_000;

/** How long a deletion is asked for again that is refused because the object is in use. */
const inUseMs = 30_000;

/**
 * Makes the object, or takes over the one that carries our mark, and brings it to the inputs.
 * @param adopt takes over this one, by its id
 */
export async function create<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  connections: Connections,
  inputs: I,
  adopt?: Adoption,
) {
  const remote = await kind.open(connections);
  const { id, live } =
    (adopt && (await findAdopted(kind, connections, remote, inputs, adopt))) ??
    (await takeOver(kind, connections, remote, inputs)) ??
    (await make(kind, connections, remote, inputs));
  return { id, recorded: await bringTo(kind, remote, id, live, inputs) };
}

/** Brings an existing object to the inputs; writes it anew though nothing differs, if this run was told to. */
export async function update<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  connections: Connections,
  id: string,
  known: Partial<Live<I, C>>,
  inputs: I,
) {
  const remote = await kind.open(connections);
  const live = await twice(() => remote.read(id, known, inputs));
  if (live === undefined) throw vanished(kind.noun, id);
  // After a renaming that was not recorded the mark is the new one already.
  if (live.owner !== inputs.owner) refuseOthers(kind.noun, id, known.owner ?? inputs.owner, live.owner);
  return bringTo(kind, remote, id, live, inputs, isRewriteOrdered(kind, inputs) ? kind.doubted : undefined);
}

/** What the vendor serves now, cut to what was declared; undefined when the object is gone. */
export async function read<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  connections: Connections,
  id: string,
  known: Partial<Recorded<I, C>>,
): Promise<Recorded<I, C> | undefined> {
  const remote = await kind.open(connections);
  const live = await twice(() => remote.read(id, known));
  if (live === undefined) return undefined;
  // Of what is imported nothing is recorded yet, and its mark is judged by itself.
  if (Object.keys(known).length > 0) refuseOthers(kind.noun, id, known.owner, live.owner);
  return { ...declaredPart(kind, live, known), overruled: known.overruled };
}

/** A look may lag behind a creation: only two in a row prove that the object is gone. */
async function twice<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  const seen = await look();
  if (seen !== undefined) return seen;
  await backOff(1);
  return look();
}

/**
 * Somebody who adopted the object is its owner, though this state still has its id.
 * @param recorded the owner that the state knows; the project's own host knows its stack besides
 * @throws CodedError OWNED_BY_OTHER
 */
function refuseOthers(
  noun: string,
  id: string,
  recorded: string | undefined,
  live: string | undefined,
): void {
  const { stack } = operation();
  const isOfStack = stack === undefined ? recorded === undefined : live?.startsWith(`${stack}/`);
  if (live === undefined || live === recorded || isOfStack) return;
  throw new CodedError({
    code: "OWNED_BY_OTHER",
    what: `The ${noun} that the stack's state records carries the mark of another owner by now. It was left alone.`,
    evidence: { id, owner: live },
    next: "If that stack has taken it over, take it out of this stack's program and state: `pulumi state delete --target-dependents <URN>`, or `--all` for all of the stack. If it is this stack's own new name, after an interrupted run, run `pulumi up` without a refresh. If it is neither, remove the mark, `[managed by pulumi: ...]`, from its description, notes or name in the vendor's console, and run `pulumi up --refresh`.",
  });
}

/** Removes the object and proves its absence. Already gone is success. */
export async function remove<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  connections: Connections,
  id: string,
  known: Partial<Live<I, C>>,
): Promise<void> {
  const remote = await kind.open(connections);
  refuseOthers(kind.noun, id, known.owner, (await remote.marked(id))?.owner);
  await removeSurely(remote, id, known);
  connections.removed.add(removedName(kind, id));
}

async function removeSurely<I extends Owned, C extends object>(
  remote: Remote<I, C>,
  id: string,
  known: Partial<Live<I, C>>,
): Promise<void> {
  const deadline = new Deadline(inUseMs);
  let lost = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      await remote.remove(id, known);
      return await remote.gone(id, known);
    } catch (error) {
      if (hasOutcome(error, "notFound")) return;
      if (hasOutcome(error, "unknown")) lost += 1;
      const again = hasOutcome(error, "unknown")
        ? lost < attempts
        : hasOutcome(error, "conflict") && deadline.remainingMs > 0;
      if (!again) throw error;
      if ((await twice(() => remote.marked(id))) === undefined) return;
      await backOff(attempt);
    }
  }
}

/** The names of all properties in which the vendor's side differs from the inputs. Pure. */
export function differences<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  recorded: Partial<Recorded<I, C>>,
  inputs: I,
): string[] {
  const differing = Object.keys(kind.inputs.shape).filter((key) => {
    const name = key as keyof I & string;
    if (inputs[name] === undefined) return false;
    if (recorded.overruled?.includes(name) && isOverruled(kind, name, inputs, recorded)) return false;
    return !fulfils(recorded[name], inputs[name], kind.sets.includes(name));
  });
  return [...differing, ...(kind.ailments?.(recorded as Live<I, C>, inputs) ?? [])];
}

function isOverruled<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  name: string,
  inputs: I,
  live: Partial<Recorded<I, C>>,
): boolean {
  const property = name as keyof I & string;
  return kind.overrulable?.[name]?.(inputs[property], live[property]) ?? false;
}

async function make<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  connections: Connections,
  remote: Remote<I, C>,
  inputs: I,
) {
  const made = await createOnce(kind, connections, remote, inputs);
  // Only a set whose first member, the app, is new can have left nothing behind.
  if (kind.isUnique && connections.removed.size === 0) connections.begun.add(inputs.owner);
  return made;
}

/** A lost answer is followed by a look for our mark before anything is repeated. */
async function createOnce<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  connections: Connections,
  remote: Remote<I, C>,
  inputs: I,
) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await remote.create(inputs);
    } catch (error) {
      if (!hasOutcome(error, "unknown")) throw error;
      const made = await findAfterLostAnswer(kind, connections, remote, inputs);
      if (made !== undefined) return made;
      if (attempt === attempts) throw error;
    }
  }
}

/** The vendor may still be at work, and its lists lag behind: the last look comes right before a repetition. */
async function findAfterLostAnswer<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  connections: Connections,
  remote: Remote<I, C>,
  inputs: I,
) {
  const deadline = new Deadline(lateMs);
  for (let look = 1; ; look++) {
    const made = await fitting(kind, connections, remote, await remote.find(inputs), inputs);
    if (made !== undefined || deadline.remainingMs === 0) return made;
    operation().tell(`No answer to the creation of the ${kind.noun}: looking whether it was made.`);
    await backOff(look);
  }
}

async function bringTo<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  remote: Remote<I, C>,
  id: string,
  seen: Live<I, C>,
  inputs: I,
  doubted: (live: Live<I, C>) => Live<I, C> = (live) => live,
): Promise<Recorded<I, C>> {
  let live = doubted(seen);
  let served: object | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      live = await remote.sync(id, live, inputs);
      return settled(kind, id, live, inputs);
    } catch (error) {
      // What the vendor makes of a write is not written again and again; what was there before may be a read that lags.
      const now = isNotTaken(error) ? instead(kind, live, inputs) : undefined;
      const isFinal = now && isDeepStrictEqual(now, served) && !isPartOf(now, seen);
      if (isFinal || !hasOutcome(error, "conflict", "unknown") || attempt === attempts) {
        throw new IncompleteError(id, declaredPart(kind, live, inputs), error);
      }
      served = now ?? served;
      live = await lookAgain(kind, remote, id, live, inputs, attempt);
      // What has changed since was written: it is not written a second time.
      if (isDeepStrictEqual(live, seen)) live = doubted(live);
    }
  }
}

function isPartOf(values: object, live: object): boolean {
  return Object.entries(values).every(([name, value]) =>
    isDeepStrictEqual(value, (live as Record<string, unknown>)[name]),
  );
}

/** The values that the vendor serves instead of the wanted ones. */
function instead<I extends Owned, C extends object>(kind: Kind<I, C>, live: Live<I, C>, inputs: I): object {
  const bag = live as Record<string, unknown>;
  return Object.fromEntries(differences<I, C>(kind, live, inputs).map((name) => [name, bag[name]]));
}

/**
 * A read may lag behind the creation: only several looks in a row prove that the object is gone.
 * @param tries how often it was tried in vain, for the pause before
 */
async function lookAgain<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  remote: Remote<I, C>,
  id: string,
  live: Live<I, C>,
  inputs: I,
  tries: number,
) {
  try {
    await backOff(tries);
    for (let look = 1; look <= attempts; look++) {
      const seen = await remote.read(id, live, inputs);
      if (seen !== undefined) return seen;
      if (look < attempts) await backOff(look);
    }
  } catch (error) {
    throw new IncompleteError(id, declaredPart(kind, live, inputs), error);
  }
  throw new IncompleteError(id, declaredPart(kind, live, inputs), vanished(kind.noun, id));
}

function settled<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  id: string,
  live: Live<I, C>,
  inputs: I,
): Recorded<I, C> {
  const differing = differences<I, C>(kind, live, inputs);
  const overruled = differing.filter((name) => isOverruled<I, C>(kind, name, inputs, live));
  const refused = differing.filter((name) => !overruled.includes(name));
  const recorded = declaredPart(kind, live, inputs);
  if (refused.length > 0) throw notTaken(kind.noun, id, refused);
  return overruled.length > 0 ? { ...recorded, overruled } : recorded;
}

function declaredPart<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  live: Live<I, C>,
  declared: object,
): Live<I, C> {
  const names = Object.keys(kind.inputs.shape);
  const bag = live as Record<string, unknown>;
  const template = declared as Record<string, unknown>;
  const parts = names
    .filter((name) => bag[name] !== undefined)
    .map((name) => [name, project(bag[name], template[name], kind.sets.includes(name as keyof I & string))]);
  return { ...live, ...Object.fromEntries(parts) };
}

function isNotTaken(error: unknown): boolean {
  return error instanceof CodedError && error.code === "CHANGE_NOT_TAKEN";
}

function notTaken(noun: string, id: string, properties: string[]): VendorError {
  return new VendorError({
    outcome: "conflict",
    code: "CHANGE_NOT_TAKEN",
    what: `The ${noun} accepted the change but still serves other values.`,
    evidence: { id, properties: properties.join(" ") },
    next: "Run `pulumi up --refresh`. If it persists, look at these properties in the vendor's console: something else writes them.",
  });
}

function vanished(noun: string, id: string): CodedError {
  return new CodedError({
    code: "MEMBER_VANISHED",
    what: `The ${noun} that the stack's state records does not exist any more.`,
    evidence: { id },
    next: "Run `pulumi up --refresh`: it sees the loss and makes the object anew.",
  });
}
