/** What every provider host asks of a kind, in plain values: inputs, outputs, differences. Knows no host. */
import type { z } from "zod";
import { type Adoption, adopting, adoptionSchema, findAdopted } from "./adoption.ts";
import { isEmpty, unfulfilled } from "./comparison.ts";
import type { Connections } from "./connections.ts";
import { Failure, messageOf } from "./errors.ts";
import { foresee, rewriting, stable } from "./foresight.ts";
import { givenAtImport, isForeign, notFound, ownedByOther, warnOfUnknown } from "./importing.ts";
import {
  create,
  differences,
  IncompleteError,
  type Kind,
  type Owned,
  read,
  remove,
  update,
} from "./lifecycle.ts";
import { operation, within } from "./operation.ts";
import { beginningOf, redactor } from "./redaction.ts";
import { providerLiteral } from "./resource.ts";
import { isRewriteOrdered } from "./rewriteOrder.ts";
import { containsUnknown, knownPart } from "./unknown.ts";

/** Properties by name. Those that begin with `__` are not the vendor's, and the engine shows them to nobody. */
export type Bag = Record<string, unknown>;

/** One part of a member in which the vendor's side, or the recorded one, is not as declared. */
export interface Difference {
  /** The input or output that it is part of. */
  name: string;
  /** Where exactly, in the engine's notation: `idToken.audience`. */
  path: string;
  change: "add" | "update" | "delete";
  /** Must the object be made anew? */
  replaces: boolean;
}

/** Validates what is known; the unknown parts are validated when they are. Defaults become inputs. */
function checkInputs<I extends Owned, C extends object>(kind: Kind<I, C>, news: Bag) {
  const inputs: Bag = {};
  const failures: { property: string; reason: string }[] = [];
  for (const [property, schema] of Object.entries({
    ...kind.inputs.shape,
    adopt: adoptionSchema.optional(),
  })) {
    if (containsUnknown(news[property])) {
      inputs[property] = news[property];
      continue;
    }
    const result = (schema as z.ZodType).safeParse(news[property]);
    if (result.success) inputs[property] = result.data;
    else
      failures.push(
        ...result.error.issues.map((issue) => ({
          property: [property, ...issue.path].join("."),
          reason: issue.message,
        })),
      );
  }
  const known = knownPart(inputs);
  if (failures.length === 0) failures.push(...(kind.rules?.(known as Partial<I>) ?? []));
  return { inputs: clean(inputs), failures };
}

/**
 * What an update would change. Pure.
 * @param olds the recorded outputs, which are the vendor's after a refresh
 */
function compare<I extends Owned, C extends object>(kind: Kind<I, C>, olds: Bag, news: Bag): Difference[] {
  const unknown = Object.keys(kind.inputs.shape).filter((name) => containsUnknown(news[name]));
  const known = Object.fromEntries(Object.entries(news).filter(([name]) => !unknown.includes(name)));
  const dropped = ((olds.__declared ?? []) as string[]).filter(
    (name) => news[name] === undefined && !(kind.replaceOn as readonly string[]).includes(name),
  );
  // A literal that changed must reach the outputs, and only an update writes those.
  const moved = olds.__provider === news.__provider ? [] : ["__provider"];
  const ordered = isRewriteOrdered(kind, news) ? [rewriting] : [];
  const differing = differences(kind, olds as Partial<I & C>, known as unknown as I).filter(
    // The state claims an imported object by its id; that it has no mark is no reason to write it.
    (name) => !(name === "owner" && olds.__imported === true && isEmpty(olds.owner)),
  );
  return [
    ...[...unknown, ...dropped, ...moved, ...ordered].map((name) =>
      difference(kind, name, name, olds[name], news[name]),
    ),
    ...differing.flatMap((name) => detailed(kind, name, olds[name], news[name])),
  ];
}

/** The parts of one property; a list is shown as a whole. */
function detailed<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  name: string,
  live: unknown,
  declared: unknown,
): Difference[] {
  const asSet = (kind.sets as readonly string[]).includes(name);
  const parts = name in kind.inputs.shape ? unfulfilled(live, declared, asSet, name) : [];
  if (parts.length === 0) return [difference(kind, name, name, live, declared)];
  return parts.map((part) => difference(kind, name, part.path, part.live, part.declared));
}

function difference<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  name: string,
  path: string,
  live: unknown,
  declared: unknown,
): Difference {
  const change = isEmpty(live) ? "add" : isEmpty(declared) ? "delete" : "update";
  return { name, path, change, replaces: (kind.replaceOn as readonly string[]).includes(name) };
}

/** What a host asks of one kind. Whatever fails rejects with a Failure. */
export function provider<I extends Owned, C extends object>(kind: Kind<I, C>, connections: Connections) {
  return {
    type: kind.type,
    /** What stands as `__provider` among the inputs and outputs, for the stock host to find the code. */
    literal: providerLiteral(kind.handler),
    inputNames: Object.keys(kind.inputs.shape) as readonly string[],
    secrets: kind.secrets as readonly string[],
    check: (news: Bag) => checkInputs(kind, news),
    compare: (olds: Bag, news: Bag) => compare(kind, olds, news),
    /** The names of the outputs that an update does not change. */
    stable: (differences: readonly Difference[]) => stable(kind, namesOf(differences)),

    /** The outputs that a creation, or with `olds` an update, will lead to; what is not known yet is unknown. */
    foresee(news: Bag, olds?: Bag): Bag {
      const changed = olds ? namesOf(compare(kind, olds, news)) : [];
      return outputsOf(foresee(kind, connections, news, olds, changed), news);
    },

    create(inputs: Bag): Promise<{ id: string; outputs: Bag }> {
      return answered(kind, inputs, async () => {
        const { id, recorded } = await create(kind, connections, ours<I>(inputs), adoptionIn(inputs));
        return { id: String(id), outputs: outputsOf(recorded, inputs) };
      });
    },

    /** The outputs of the object that a creation will take over, as they are now; undefined when it makes one. */
    foreseeAdopted(inputs: Bag): Promise<Bag | undefined> {
      const adopt = adoptionIn(inputs);
      return answered(kind, inputs, async () => {
        if (adopt === undefined || containsUnknown([adopt, inputs.owner])) return undefined;
        const remote = await kind.open(connections);
        const found = await findAdopted(kind, connections, remote, ours<I>(inputs), adopt);
        // One that is ours already was adopted by an earlier run, and is about to be made anew.
        if (found === undefined || found.live.owner === inputs.owner) return undefined;
        const changes = compare(kind, found.live, ours(inputs)).map(({ path }) => path);
        operation().warn(adopting(kind.noun, found.id, found.live.owner, changes));
        return clean(found.live);
      });
    },

    update(id: string, olds: Bag, news: Bag): Promise<Bag> {
      const call = () => update(kind, connections, id, olds as Partial<I & C>, ours<I>(news));
      return answered(kind, news, async () => outputsOf(await call(), news), olds);
    },

    /** What the vendor has now; undefined when the object is gone. */
    read(id: string, known: Bag): Promise<{ outputs: Bag; inputs: Bag } | undefined> {
      return answered(kind, known, async () => {
        const recorded = await read(kind, connections, id, known as Partial<I & C>);
        if (recorded === undefined) return undefined;
        const { __declared, __imported } = known;
        const outputs = clean({ ...recorded, __declared, __imported });
        return { outputs, inputs: only(outputs, declaredIn(kind, known)) };
      });
    },

    /**
     * An object of which nothing is recorded yet. Without a mark it is not marked for that: the next change does it.
     * What the vendor never gives back is as a person says, or not known; it is not made up.
     * @param owner stands among the inputs where the object has no mark
     */
    import(id: string, owner: string): Promise<{ outputs: Bag; inputs: Bag }> {
      const given = givenAtImport(kind);
      return answered(kind, given, async () => {
        const recorded = await read(kind, connections, id, {});
        if (recorded === undefined) throw notFound(kind.noun, id);
        if (isForeign(recorded.owner, owner)) throw ownedByOther(kind.noun, id, String(recorded.owner));
        warnOfUnknown(kind, id, given);
        const outputs = clean({ ...recorded, ...given, __imported: true });
        return { outputs, inputs: { owner, ...only(outputs, Object.keys(kind.inputs.shape)) } };
      });
    },

    delete(id: string, known: Bag): Promise<void> {
      return answered(kind, known, () => remove(kind, connections, id, known as Partial<I & C>));
    },
  };
}

export type Provider = ReturnType<typeof provider>;

function namesOf(differences: readonly Difference[]): string[] {
  return [...new Set(differences.map(({ name }) => name))];
}

/** A refresh gets no inputs on the stock host: the outputs remember which there were. */
function outputsOf(recorded: object, inputs: Bag): Bag {
  return { ...clean(recorded), __declared: Object.keys(ours<Bag>(inputs)) };
}

function declaredIn<I extends Owned, C extends object>(kind: Kind<I, C>, known: Bag): string[] {
  return (known.__declared as string[] | undefined) ?? Object.keys(kind.inputs.shape);
}

/** The inputs that are the vendor's business: without those that say how the engine is to deal with the member. */
function ours<I>(inputs: Bag): I {
  const { __provider, adopt, ...rest } = inputs;
  return rest as I;
}

function adoptionIn({ adopt }: Bag): Adoption | undefined {
  return adopt as Adoption | undefined;
}

/** `undefined` or a class instance in a bag cannot cross the engine, and would fail the call after its side effect. */
function clean(bag: object): Bag {
  return JSON.parse(JSON.stringify(bag));
}

function only(bag: Bag, names: readonly string[]): Bag {
  return Object.fromEntries(names.filter((name) => name in bag).map((name) => [name, bag[name]]));
}

/**
 * Runs a call so that a host can always answer: whatever is thrown becomes a Failure, and an object that exists is
 * recorded with all that is known of it, though a later step failed.
 * @param olds what was recorded before
 */
async function answered<I extends Owned, C extends object, T>(
  kind: Kind<I, C>,
  inputs: Bag,
  call: () => Promise<T>,
  olds: Bag = {},
): Promise<T> {
  const secrets = secretsIn(kind, inputs, olds);
  const redact = redactor(secrets);
  const present = operation();
  const redacted = {
    ...present,
    secrets,
    tell: (text: string) => present.tell(redact(text)),
    warn: (text: string) => present.warn(redact(text)),
  };
  try {
    return await within(redacted, call);
  } catch (error) {
    const incomplete = error instanceof IncompleteError ? error : undefined;
    const made = incomplete && { id: String(incomplete.id), outputs: outputsOf(incomplete.live, inputs) };
    const redactAll = redactor([...secrets, ...secretsIn(kind, made?.outputs ?? {})]);
    const text = messageOf(incomplete ? incomplete.cause : error, (said) => beginningOf(said, redactAll));
    throw new Failure(text, made, error);
  }
}

/** A vendor may repeat what it is sent, and what it had before. */
function secretsIn<I extends Owned, C extends object>(kind: Kind<I, C>, ...bags: Bag[]): string[] {
  return bags
    .flatMap((bag) => kind.secrets.map((name) => bag[name]))
    .filter(Boolean)
    .map(String);
}
