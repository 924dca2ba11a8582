import { allFollowing, allPages } from "authenticated-messaging-providers/genesys/paging.ts";
import { describe, expect, it } from "vitest";

const malformed = { code: "GENESYS_UNEXPECTED_ANSWER", outcome: "unknown" };

/** A listing of these pages, and the cursors or numbers by which they were asked for. */
function listing<Page>(pages: readonly Page[]) {
  const asked: unknown[] = [];
  return {
    asked,
    async page(which: unknown) {
      asked.push(which);
      const page = pages[asked.length - 1];
      if (page === undefined) throw new Error("There is no further page.");
      return page;
    },
  };
}

const next = (after: string) => `/api/v2/things?pageSize=25&after=${after}`;

describe("a listing that is paged by a cursor", () => {
  it("goes on after a page without entities that names a next one", async () => {
    const { asked, page } = listing([
      { entities: [1], nextUri: next("a") },
      { entities: [], nextUri: next("b") },
      { entities: [2] },
    ]);
    expect(await allFollowing(page)).toEqual([1, 2]);
    expect(asked).toEqual([undefined, "a", "b"]);
  });

  it.each(["/api/v2/things?cursor=abc", "/api/v2/things?after=", "http://["])(
    "is none when its next page is %s, which names no cursor",
    async (nextUri) => {
      const { page } = listing([{ entities: [1], nextUri }, { entities: [2] }]);
      await expect(allFollowing(page)).rejects.toMatchObject(malformed);
    },
  );

  it("is none when a page names itself as the next one, or when there is always another", async () => {
    const itself = listing([
      { entities: [1], nextUri: next("a") },
      { entities: [], nextUri: next("a") },
    ]);
    await expect(allFollowing(itself.page)).rejects.toMatchObject(malformed);
    let cursor = 0;
    const endless = async () => ({ entities: [], nextUri: next(String(cursor++)) });
    await expect(allFollowing(endless)).rejects.toMatchObject(malformed);
  });
});

describe("a listing that is paged by number", () => {
  it("goes on after an empty page as long as there are more by the number of pages", async () => {
    const { asked, page } = listing([
      { entities: [1], pageCount: 3 },
      { entities: [], pageCount: 3 },
      { entities: [2], pageCount: 3 },
    ]);
    expect(await allPages(page)).toEqual([1, 2]);
    expect(asked).toEqual([1, 2, 3]);
  });

  it.each([0, null, undefined])(
    "ends with an empty page when the number of pages is %s",
    async (pageCount) => {
      const { page } = listing([
        { entities: [1], pageCount },
        { entities: [], pageCount },
      ]);
      expect(await allPages(page)).toEqual([1]);
    },
  );
});
