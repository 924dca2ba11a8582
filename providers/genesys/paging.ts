import { VendorError } from "../errors.ts";

interface NumberedPage<T> {
  entities?: T[];
  pageCount?: number | null;
}

/** More pages than any org has objects for: the listing goes round in circles. */
const pagesAtMost = 1_000;

/** All entities of a listing that is paged by number. */
export async function allPages<T>(page: (pageNumber: number) => Promise<NumberedPage<T>>): Promise<T[]> {
  const all: T[] = [];
  for (let pageNumber = 1; pageNumber <= pagesAtMost; pageNumber++) {
    const { entities, pageCount } = await page(pageNumber);
    if (entities === undefined) throw notAListing("has gone before its end");
    for (const entity of entities) all.push(entity);
    // Where the number of pages is told, an empty one in between is not the last.
    if (pageCount ? pageNumber >= pageCount : entities.length === 0) return all;
  }
  throw notAListing("does not end");
}

interface CursorPage<T> {
  entities?: T[];
  nextUri?: string;
}

/** All entities of a listing that is paged by a cursor, which stands in the address of the next page. */
export async function allFollowing<T>(
  page: (after: string | undefined) => Promise<CursorPage<T>>,
): Promise<T[]> {
  const all: T[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < pagesAtMost; pages++) {
    const { entities, nextUri } = await page(after);
    if (entities === undefined) throw notAListing("has gone before its end");
    for (const entity of entities) all.push(entity);
    if (!nextUri) return all;
    const next = cursorOf(nextUri);
    if (next === after) throw notAListing("goes round in circles");
    after = next;
  }
  throw notAListing("does not end");
}

/** An address without a cursor does not mean that there is no next page. */
function cursorOf(nextUri: string): string {
  const after = URL.parse(nextUri, "http://page")?.searchParams.get("after");
  if (!after) throw notAListing("names a next page that cannot be asked for");
  return after;
}

/** Taken for an empty listing, it would make a second object. */
function notAListing(what: string): VendorError {
  return new VendorError({
    outcome: "unknown",
    code: "GENESYS_UNEXPECTED_ANSWER",
    what: `A listing of Genesys, or of a proxy before it, ${what}.`,
    next: "Run the command again; if it persists, look at the vendor's status page and at proxies in between.",
  });
}
