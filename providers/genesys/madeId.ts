import { VendorError } from "../errors.ts";

/** The id of an object that was just made. Without one the object may exist, but nobody knows which it is. */
export function madeId(noun: string, made: { id?: string }): string {
  if (typeof made.id === "string" && made.id !== "") return made.id;
  throw new VendorError({
    outcome: "unknown",
    code: "GENESYS_UNEXPECTED_ANSWER",
    what: `Genesys answered the creation of the ${noun} without its id.`,
    next: "Run the command again: if the object was made, it is found by its owner's mark.",
  });
}
