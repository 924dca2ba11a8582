interface Dated {
  dateModified?: string;
}

/** Whether a read shows an object as it was before a write: reads may lag behind. */
export function isFromBefore(written: Dated, seen: Dated | undefined): boolean {
  return Date.parse(seen?.dateModified ?? "") < Date.parse(written.dateModified ?? "");
}
