interface NumberedPage<T> {
  entities?: T[];
  pageCount?: number;
}

/** All entities of a listing that is paged by number. */
export async function allPages<T>(page: (pageNumber: number) => Promise<NumberedPage<T>>): Promise<T[]> {
  const all: T[] = [];
  for (let pageNumber = 1; ; pageNumber++) {
    const { entities = [], pageCount } = await page(pageNumber);
    all.push(...entities);
    if (entities.length === 0 || (pageCount !== undefined && pageNumber >= pageCount)) return all;
  }
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
  for (let after: string | undefined; ; ) {
    const { entities = [], nextUri } = await page(after);
    all.push(...entities);
    after =
      nextUri && entities.length > 0
        ? (new URL(nextUri, "http://page").searchParams.get("after") ?? undefined)
        : undefined;
    if (after === undefined) return all;
  }
}
