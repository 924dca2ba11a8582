import { globSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");

/** Which folders, or files, the sources of a folder may import besides their own. */
const mayImport: Record<string, readonly string[]> = {
  program: ["components", "providers"],
  providers: [],
  components: ["providers"],
  operations: ["providers", "components/pageContract.ts", "components/AuthenticatedMessaging.ts", "tools"],
  cli: ["operations", "providers", "components", "sandbox/accounts.ts", "sandbox/main.ts"],
  sandbox: ["components/pageContract.ts"],
};

interface Import {
  from: string;
  to: string;
}

const sources = globSync(`{${Object.keys(mayImport).join(",")}}/**/*.{ts,mjs,cjs,js}`, { cwd: root });
const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** Every import of the sources, those of types and those at run time included. */
const imports: readonly Import[] = sources.flatMap((from) =>
  importedBy(from, read(from)).map((to) => ({ from, to })),
);

function importedBy(file: string, text: string): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) =>
      fileName.startsWith(".") ? normalize(join(dirname(file), fileName)) : inPackage(fileName),
    );
}

/** The providers are a package of their own, too. */
function inPackage(name: string): string {
  const own = "authenticated-messaging-providers";
  return isBelow(name, own) ? name.replace(own, "providers") : `node_modules/${name}`;
}

function folderOf(file: string): string {
  return file.split("/", 1)[0] ?? "";
}

function isBelow(file: string, place: string): boolean {
  return file === place || file.startsWith(`${place}/`);
}

test("the sources were found, with their imports", () => {
  expect(new Set(sources.map(folderOf))).toEqual(new Set(Object.keys(mayImport)));
  expect(imports).toContainEqual({ from: "sandbox/sandbox.ts", to: "sandbox/ledger.ts" });
});

describe("arrows point one way", () => {
  test.each(Object.entries(mayImport))("%s may import: %s", (folder, allowed) => {
    const wrong = imports.filter(
      ({ from, to }) =>
        folderOf(from) === folder &&
        !isBelow(to, folder) &&
        !isBelow(to, "node_modules") &&
        !allowed.some((place) => isBelow(to, place)),
    );
    expect(wrong).toEqual([]);
  });
});

test("the sandbox and the providers share no file, not even through others", () => {
  const [ofSandbox, ofProviders] = ["sandbox", "providers"].map(reached);
  expect([...(ofSandbox ?? [])].filter((file) => isBelow(file, "providers"))).toEqual([]);
  expect([...(ofProviders ?? [])].filter((file) => isBelow(file, "sandbox"))).toEqual([]);
});

/** The files that a folder's sources import when they run, directly or not. */
function reached(folder: string): Set<string> {
  const files = new Set(sources.filter((file) => folderOf(file) === folder));
  for (const file of files) for (const to of valueImports(file)) files.add(to);
  return files;
}

/** Imports of types are gone once the types are. */
function valueImports(file: string): readonly string[] {
  if (!file.endsWith(".ts") || !sources.includes(file)) return [];
  return importedBy(file, stripTypeScriptTypes(read(file)));
}

describe("the true reasons of refused exchanges stay in the sandbox", () => {
  test.each(Object.keys(mayImport).filter((folder) => folder !== "sandbox"))(
    "%s neither imports nor requests the ledger",
    (folder) => {
      const sourcesOfFolder = sources.filter((file) => folderOf(file) === folder);
      expect(sourcesOfFolder).not.toEqual([]);
      expect(sourcesOfFolder.filter((file) => /ledger/i.test(read(file)))).toEqual([]);
    },
  );

  test("no path of the sandbox hands the ledger out", () => {
    const readers = imports.filter(({ to }) => to === "sandbox/ledger.ts").map(({ from }) => from);
    const types = readers.filter((file) => !valueImports(file).includes("sandbox/ledger.ts"));
    expect(readers.filter((file) => !types.includes(file))).toEqual(["sandbox/sandbox.ts"]);
    const uses = sources.flatMap((file) => read(file).match(/\bledger\.(?!ts\b)\w+/g) ?? []);
    expect([...new Set(uses)]).toEqual(["ledger.add"]);
  });
});
