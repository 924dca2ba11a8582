import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

/** Runs a module in a Node that runs no TypeScript, as those before version 22.18. */
const withOldNode = (...args: string[]) =>
  promisify(execFile)(process.execPath, ["--no-experimental-strip-types", ...args]);

/** What refresh and destroy do, which run no program; the host shows the error's message. */
const loadProviders = `
  try { require("authenticated-messaging-providers"); }
  catch ({ message }) { console.error(message); process.exit(1); }`;

describe("a Node that is too old", () => {
  it.each([
    { what: "the program", args: ["--import", "./tools/programStart.mjs", "--eval", ""] },
    { what: "the providers", args: ["--eval", loadProviders] },
  ])("is told so by $what", async ({ args }) => {
    await expect(withOldNode(...args)).rejects.toMatchObject({
      stderr: expect.stringMatching(/NODE_TOO_OLD: [\s\S]*next: use Node.js 24/),
    });
  });
});

describe("every program of the checkout begins by saying so", () => {
  it.each(["Pulumi.yaml", ...globSync("examples/*/Pulumi.yaml")])("%s", (file) => {
    const text = readFileSync(file, "utf8");
    const [, main = ""] = /^main: (\S+)$/m.exec(text) ?? [];
    const [, start = ""] = /^ {4}nodeargs: --import (\S+)$/m.exec(text) ?? [];
    expect(resolve(dirname(join(dirname(file), main)), start)).toBe(resolve("tools/programStart.mjs"));
  });
});
