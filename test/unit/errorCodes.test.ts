import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { codesIn } from "../docs/sources.ts";

const sources = globSync("{program,providers,components,operations,cli,tools}/**/*.{ts,mjs,cjs}").filter(
  (file) => !file.includes("node_modules"),
);
const codes = new Set(sources.flatMap((file) => codesIn(readFileSync(file, "utf8"))));
const tests = globSync("test/**/*.ts").filter(
  (file) => !file.startsWith("test/docs/") && !file.endsWith("errorCodes.test.ts"),
);
const tested = tests.map((file) => readFileSync(file, "utf8")).join("\n");

describe("error codes", () => {
  it("exist", () => expect(codes.size).toBeGreaterThan(30));

  it.each([...codes].sort())("%s is met by a test", (code) => {
    expect(tested.includes(code)).toBe(true);
  });
});
