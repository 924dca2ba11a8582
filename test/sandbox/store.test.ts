import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { choose } from "../../sandbox/assumption.ts";
import { assumptions } from "../../sandbox/assumptions.ts";
import { RequestLog } from "../../sandbox/requestLog.ts";
import { openStore } from "../../sandbox/store.ts";

interface Things {
  things: Record<string, { name: string }>;
  count: number;
}
const initial = (): Things => ({ things: {}, count: 0 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "store-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a store in a file", () => {
  const file = () => join(folder, "deeper", "state.json");

  test("is there again when opened again, but only what was saved", () => {
    const store = openStore(file(), initial);
    store.state.things.a = { name: "A" };
    store.save();
    store.state.things.b = { name: "B" };
    expect(openStore(file(), initial).state).toEqual({ things: { a: { name: "A" } }, count: 0 });
  });

  test("leaves nothing but the file behind, and only its owner may read it", () => {
    openStore(file(), initial).save();
    openStore(file(), initial).save();
    expect(readdirSync(join(folder, "deeper"))).toEqual(["state.json"]);
    expect(statSync(file()).mode & 0o077).toBe(0);
  });

  test("is replaced, not written over: who has the old file open still reads a whole one", () => {
    const store = openStore(file(), initial);
    store.save();
    const before = statSync(file()).ino;
    store.state.count = 1;
    store.save();
    expect(statSync(file()).ino).not.toBe(before);
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({ things: {}, count: 1 });
  });

  test("that is big is written once for changes in quick succession, and tells when they are on disk", async () => {
    const store = openStore(file(), initial);
    store.state.things.big = { name: "x".repeat(600_000) };
    const kept = () => openStore(file(), initial).state.count;
    store.save();
    await store.saved();
    const { ino } = statSync(file());
    for (store.state.count = 1; store.state.count < 20; store.state.count += 1) store.save();
    expect([statSync(file()).ino, kept()]).toEqual([ino, 0]);
    await store.saved();
    expect(kept()).toBe(20);
  });

  test("gets the kinds that a newer sandbox added", () => {
    writeFileSync(join(folder, "old.json"), JSON.stringify({ things: { a: { name: "A" } } }));
    expect(openStore(join(folder, "old.json"), initial).state).toEqual({
      things: { a: { name: "A" } },
      count: 0,
    });
  });

  test.each(["", "{ torn", "[]", "null"])(
    "that holds %j is an error which names it and what to do",
    (text) => {
      const broken = join(folder, "broken.json");
      writeFileSync(broken, text);
      expect(() => openStore(broken, initial)).toThrow(`${broken} does not hold a sandbox state. Delete it`);
    },
  );
});

test("a store in memory starts anew and saves nothing", () => {
  const store = openStore(undefined, initial);
  store.state.count = 5;
  store.save();
  expect(openStore(undefined, initial).state.count).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
});

test("the request log keeps the last 10,000 entries and counts all", () => {
  const log = new RequestLog();
  for (let n = 1; n <= 10_001; n += 1) log.add({ at: "", method: "GET", path: `/${n}`, status: 200 });
  expect(log.count()).toBe(10_001);
  expect([log.entries.length, log.entries.at(0)?.path, log.entries.at(-1)?.path]).toEqual([
    10_000,
    "/2",
    "/10001",
  ]);
  log.clear();
  expect([log.count(), log.entries.length]).toEqual([0, 0]);
});

describe("assumptions", () => {
  const all = [...Object.entries(assumptions.genesys), ...Object.entries(assumptions.salesforce)];

  test.each(all)("%s asks a question", (_name, { question }) => {
    expect(question).toMatch(/\?$/);
  });

  test("can be switched one by one; the catalogue itself stays as it is", () => {
    const switched = choose(assumptions.genesys, { versionConflictStatus: 400 });
    expect(switched.versionConflictStatus).toEqual({
      ...assumptions.genesys.versionConflictStatus,
      chosen: 400,
    });
    expect(switched.emptyNotes).toBe(assumptions.genesys.emptyNotes);
    expect(assumptions.genesys.versionConflictStatus.chosen).toBe(409);
  });
});
