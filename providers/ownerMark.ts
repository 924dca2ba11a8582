import { CodedError } from "./errors.ts";

/**
 * The mark written on every remote object we make. It says who manages the object, so that a lost answer or a
 * crash never leads to a second one, and so that a foreign object is never touched.
 */
const markPattern = /\s*\[managed by pulumi: ([^\]]+)\]\s*$/;

/** The text with the owner's mark at its end. */
export function withMark(text: string, owner: string): string {
  return `${text} [managed by pulumi: ${owner}]`.trim();
}

/** The text without the mark, and the owner it names. */
export function splitMark(marked: string | undefined): { text: string; owner: string | undefined } {
  const text = marked ?? "";
  const owner = markPattern.exec(text)?.[1];
  return { text: text.replace(markPattern, "").trim(), owner };
}

/**
 * The one object that carries our mark.
 * @param ids of the objects that a list shows with it; it may still show some that are gone
 * @param read undefined for those
 * @throws CodedError MARKED_TWICE
 */
export async function onlyMarked<Live>(
  noun: string,
  owner: string,
  ids: readonly (string | undefined)[],
  read: (id: string) => Promise<Live | undefined>,
): Promise<{ id: string; live: Live } | undefined> {
  const found: { id: string; live: Live }[] = [];
  for (const id of ids) {
    const live = id === undefined ? undefined : await read(id);
    if (id !== undefined && live !== undefined) found.push({ id, live });
  }
  if (found.length > 1) throw markedTwice(noun, owner, found);
  return found[0];
}

function markedTwice(noun: string, owner: string, found: readonly { id: string }[]): CodedError {
  return new CodedError({
    code: "MARKED_TWICE",
    what: `There is more than one ${noun} with this set's mark that no state knows. All were left alone, and none was made.`,
    evidence: { owner, ids: found.map(({ id }) => id).join(" ") },
    next: "Delete those that nobody uses at the vendor, or name the right one by `adopt` and remove the mark of the others, and run `pulumi up` again.",
  });
}

/** The object in our place is somebody else's. */
export function foreign(noun: string, name: string, owner: string | undefined): CodedError {
  return new CodedError({
    code: "NAME_TAKEN",
    what: `There is already a ${noun} of this name, and it is not ours.`,
    evidence: { name, owner: owner ?? "no mark: made by hand or by another tool" },
    next: "Choose another name, or remove the other object if nobody needs it.",
  });
}
