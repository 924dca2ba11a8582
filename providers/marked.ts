/** Objects that carry our mark and that no state knows: an interrupted run left them, or another stack has our name. */
import { misfits, removedName } from "./adoption.ts";
import type { Connections } from "./connections.ts";
import { CodedError } from "./errors.ts";
import type { Kind, Live, Owned, Remote } from "./lifecycle.ts";
import { operation } from "./operation.ts";
import { backOff } from "./waiting.ts";

/** The object with our mark that no state knows; a person is told, since another stack of the same name may use it. */
export async function takeOver<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  connections: Connections,
  remote: Remote<I, C>,
  inputs: I,
) {
  const found = await fitting(
    kind,
    connections,
    remote,
    await findSurely(kind, connections, remote, inputs),
    inputs,
  );
  if (found !== undefined) operation().warn(takenOver(kind.noun, found.id, inputs.owner));
  return found;
}

/**
 * Lists may lag behind the creation of an object that a crash kept from being recorded: only two looks in a row prove
 * that there is none. A process that makes a set from its beginning needs but one.
 */
async function findSurely<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  connections: Connections,
  remote: Remote<I, C>,
  inputs: I,
) {
  const found = await remote.find(inputs);
  if (found !== undefined || kind.isUnique || connections.begun.has(inputs.owner)) return found;
  await backOff(1);
  return remote.find(inputs);
}

/**
 * Makes of a found object the one to go on with. One that carries our mark and cannot become what the program says is
 * left alone: a crash may have left it, or it may be in use, by another stack of the same name or after a state was lost.
 * @throws CodedError MARKED_UNFIT
 */
export async function fitting<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  connections: Connections,
  remote: Remote<I, C>,
  found: { id: string; live: Live<I, C> } | undefined,
  inputs: I,
) {
  if (found === undefined) return undefined;
  const unfit = misfits<I, C>(kind, found.live, { ...inputs, ...(await remote.unchangeable?.(inputs)) });
  // A list may still show what this process has just deleted, to make another in its place; the id of a unique one may
  // be the new one's as well.
  const isRemoved = connections.removed.has(removedName(kind, found.id));
  if (isRemoved && (unfit.length > 0 || !kind.isUnique)) return undefined;
  if (unfit.length > 0) throw markedUnfit(kind.noun, found.id, inputs.owner, unfit);
  return found;
}

/**
 * The one object that carries our mark.
 * @param listed those that a list shows with it; it may still show some that are gone
 * @param read undefined for those
 * @throws CodedError MARKED_TWICE
 */
export async function onlyMarked<Live extends object>(
  noun: string,
  owner: string,
  listed: readonly { id?: string }[],
  read: (id: string) => Promise<Live | undefined>,
): Promise<{ id: string; live: Live } | undefined> {
  const found: { id: string; live: Live }[] = [];
  for (const { id } of listed) {
    const live = id && (await read(id));
    if (id && live) found.push({ id, live });
  }
  if (found.length > 1) throw markedTwice(noun, owner, found);
  return found[0];
}

function takenOver(noun: string, id: string, owner: string): string {
  return new CodedError({
    code: "MARKED_TAKEN_OVER",
    what: `There already was a ${noun} with this set's mark that no state knew: it was taken over, and no second one made.`,
    evidence: { id, owner },
    next: "Nothing, if an interrupted run left it. If another stack of the same project and name uses it, give this stack another name.",
  }).message;
}

function markedUnfit(noun: string, id: string, owner: string, properties: readonly string[]): CodedError {
  return new CodedError({
    code: "MARKED_UNFIT",
    what: `There already is a ${noun} with this set's mark that no state knows, and it cannot be changed into the one that the program declares. Both were left alone.`,
    evidence: { id, owner, properties: properties.join(" ") },
    next: "If an interrupted run left it: declare these properties as they were, run `pulumi up`, and change them then; or delete it at the vendor. If another stack of the same project and name uses it: give this stack another name.",
  });
}

function markedTwice(noun: string, owner: string, found: readonly { id: string }[]): CodedError {
  return new CodedError({
    code: "MARKED_TWICE",
    what: `There is more than one ${noun} with this set's mark that no state knows. All were left alone, and none was made.`,
    evidence: { owner, ids: found.map(({ id }) => id).join(" ") },
    next: "Delete those that nobody uses at the vendor, or name the right one by `adopt` and remove the mark of the others, and run `pulumi up` again.",
  });
}
