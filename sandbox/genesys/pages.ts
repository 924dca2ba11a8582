import { badRequest } from "./errors.ts";
import type { Document } from "./org.ts";

interface NumberedPage<Entity> {
  entities: Entity[];
  pageSize: number;
  pageNumber: number;
  pageCount: number;
  total: number;
  selfUri: string;
  firstUri: string;
  lastUri: string;
  nextUri?: string;
  previousUri?: string;
}

/** A page by its number; a page after the last one is empty, as clients that page until empty expect. */
export function numberedPage<Entity>(
  all: readonly Entity[],
  query: Document,
  path: string,
): NumberedPage<Entity> {
  const pageSize = query.pageSize as number;
  const pageNumber = query.pageNumber as number;
  if (pageSize < 1 || pageNumber < 1) throw badRequest("pageSize and pageNumber begin at 1.");
  const pageCount = Math.max(1, Math.ceil(all.length / pageSize));
  const uri = (number: number) => `${path}?pageSize=${pageSize}&pageNumber=${number}`;
  return {
    entities: all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
    pageSize,
    pageNumber,
    pageCount,
    total: all.length,
    selfUri: uri(pageNumber),
    firstUri: uri(1),
    lastUri: uri(pageCount),
    ...(pageNumber < pageCount && { nextUri: uri(pageNumber + 1) }),
    ...(pageNumber > 1 && { previousUri: uri(pageNumber - 1) }),
  };
}

interface CursorPage<Entity> {
  entities: Entity[];
  selfUri: string;
  nextUri?: string;
  previousUri?: string;
}

/** A page by cursor; the cursor is the id of the last entity seen (`after`) or of the first one (`before`). */
export function cursorPage<Entity>(
  all: readonly Entity[],
  cursorOf: (entity: Entity) => string,
  query: Document,
  path: string,
  sizes: { usual: number; largest: number },
): CursorPage<Entity> {
  const size = query.pageSize === undefined ? sizes.usual : Number(query.pageSize);
  if (!Number.isInteger(size) || size < 1 || size > sizes.largest) {
    throw badRequest(`pageSize must be a number from 1 to ${sizes.largest}.`);
  }
  const begin = firstIndex(all.map(cursorOf), query, size);
  const entities = all.slice(begin, begin + size);
  const [first, last] = [entities.at(0), entities.at(-1)];
  const uri = (cursor: string) => `${path}?pageSize=${size}${cursor}`;
  return {
    entities,
    selfUri: uri(""),
    ...(last &&
      begin + size < all.length && { nextUri: uri(`&after=${encodeURIComponent(cursorOf(last))}`) }),
    ...(first && begin > 0 && { previousUri: uri(`&before=${encodeURIComponent(cursorOf(first))}`) }),
  };
}

function firstIndex(cursors: string[], { after, before }: Document, size: number): number {
  if (after !== undefined) return indexOf(cursors, after) + 1;
  if (before !== undefined) return Math.max(0, indexOf(cursors, before) - size);
  return 0;
}

function indexOf(cursors: string[], cursor: unknown): number {
  const index = cursors.indexOf(String(cursor));
  if (index < 0) throw badRequest("The cursor is not known.");
  return index;
}
