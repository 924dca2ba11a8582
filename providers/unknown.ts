/** How the engine writes a value that is not known yet; on the stock host it takes the place of a whole property. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function containsUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(containsUnknown);
}

/** The properties that are known as a whole. */
export function knownPart<T extends object>(bag: T): Partial<T> {
  return Object.fromEntries(Object.entries(bag).filter(([, value]) => !containsUnknown(value))) as Partial<T>;
}
