import { z } from "zod";
import { fulfils } from "./comparison.ts";
import type { Connections } from "./connections.ts";
import { CodedError } from "./errors.ts";
import type { Kind, Live, Owned, Remote } from "./lifecycle.ts";
import { containsUnknown, knownPart } from "./unknown.ts";

/** The input `adopt` of every kind: the object that a creation takes over instead of making one. */
export const adoptionSchema = z.strictObject({
  /** The vendor's id of it. */
  id: z.string().trim().min(1, "must be the vendor's id of the object"),
  /** Also when it carries the mark of another owner, who must no longer manage it. */
  force: z.boolean().default(false),
});

export type Adoption = z.input<typeof adoptionSchema>;

/**
 * The object that `adopt` names, if it may be taken over. Reads alone.
 * @param inputs in a preview not all of them are known
 * @returns undefined when this process has deleted it, to make another in its place
 * @throws CodedError ADOPT_NOT_FOUND, ADOPT_FOREIGN, ADOPT_UNFIT, ADOPT_SECOND
 */
export async function findAdopted<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  connections: Connections,
  remote: Remote<I, C>,
  inputs: I,
  { id, force }: Adoption,
): Promise<{ id: string; live: Live<I, C> } | undefined> {
  if (connections.removed.has(removedName(kind, id))) return undefined;
  // A wrong id may be that of an object which somebody uses for something else.
  const unchangeable = ((await remote.unchangeable?.(inputs)) ?? {}) as Partial<Live<I, C>>;
  const live = await remote.read(id, knownPart(unchangeable));
  // An object with our mark may be left over from a run that ended before it was recorded.
  const ours = kind.isUnique ? undefined : await remote.find(knownPart(inputs) as I);
  if (live === undefined) {
    if (ours) return ours;
    throw notFound(kind.noun, id);
  }
  if (ours && ours.id !== id) throw second(kind.noun, id, ours.id);
  if (live.owner !== undefined && live.owner !== inputs.owner && !force)
    throw foreign(kind.noun, id, live.owner);
  const unfit = misfits<I, C>(kind, live, { ...inputs, ...unchangeable });
  if (unfit.length > 0) throw notFitting(kind.noun, id, unfit);
  return { id, live };
}

/** What a preview says of the object that `pulumi up` will take over. */
export function adopting(
  noun: string,
  id: string,
  owner: string | undefined,
  changes: readonly string[],
): string {
  return new CodedError({
    code: "ADOPT_CHANGES",
    what: `\`pulumi up\` will take over the ${noun} that \`adopt\` names. Nothing has been written yet.`,
    evidence: { id, "taken from": owner, "to be written": changes.join(" ") || "nothing" },
    next: "If that is not what you want, change the program before `pulumi up`.",
  }).message;
}

/** How `Connections.removed` names an object. */
export function removedName({ noun }: { noun: string }, id: string): string {
  return `${noun} ${id}`;
}

/** The inputs in which the object differs and that cannot change in place. */
export function misfits<I extends Owned, C extends object>(
  { replaceOn }: Kind<I, C>,
  live: Live<I, C>,
  inputs: I,
): string[] {
  return replaceOn.filter((name) => {
    const [is, wanted] = [live[name], inputs[name]];
    const isTold = is !== undefined && wanted !== undefined && !containsUnknown(wanted);
    return isTold && !fulfils(is, wanted, false);
  });
}

function notFound(noun: string, id: string): CodedError {
  return new CodedError({
    code: "ADOPT_NOT_FOUND",
    what: `There is no ${noun} with the id that \`adopt\` names. None was made instead.`,
    evidence: { id },
    next: "Correct the id. If the object was taken over before and has been deleted since, remove `adopt`: then another is made.",
  });
}

function foreign(noun: string, id: string, owner: string): CodedError {
  return new CodedError({
    code: "ADOPT_FOREIGN",
    what: `The ${noun} that \`adopt\` names is managed by somebody else. It was left alone.`,
    evidence: { id, owner },
    next: "Talk to the owner. If that stack no longer manages it, set `force` beside the id.",
  });
}

function notFitting(noun: string, id: string, properties: readonly string[]): CodedError {
  return new CodedError({
    code: "ADOPT_UNFIT",
    what: `The ${noun} that \`adopt\` names differs from the program in what cannot be changed in place. It was left alone.`,
    evidence: { id, properties: properties.join(" ") },
    next: "Correct the id; or declare these properties as the object has them, or adopt another one.",
  });
}

function second(noun: string, id: string, ours: string): CodedError {
  return new CodedError({
    code: "ADOPT_SECOND",
    what: `There already is a ${noun} with this set's mark, and \`adopt\` names another one. Both were left alone.`,
    evidence: { id, "with the mark": ours },
    next: "Remove `adopt` to go on with the one that has the mark, or delete that one at the vendor.",
  });
}
