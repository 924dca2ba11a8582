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

/** The object in our place is somebody else's. */
export function foreign(noun: string, name: string, owner: string | undefined): CodedError {
  return new CodedError({
    code: "NAME_TAKEN",
    what: `There is already a ${noun} of this name, and it is not ours.`,
    evidence: { name, owner: owner ?? "no mark: made by hand or by another tool" },
    next: "Choose another name; or take the other object over by `adopt`; or remove it if nobody needs it.",
  });
}
