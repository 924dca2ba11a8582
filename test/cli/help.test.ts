import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { checkout } from "../engine/stack.ts";

/** Prints the addresses of all modules that the help of a command loads. */
const listing = `
const { registerHooks } = await import("node:module");
const seen = [];
registerHooks({
  resolve(name, context, next) {
    const found = next(name, context);
    seen.push(found.url);
    return found;
  },
});
const [, command] = process.argv;
process.argv = ["node", "amsg", command, "--help"];
process.stdout.write = () => true;
await import(${JSON.stringify(pathToFileURL(join(checkout, "cli", "amsg.ts")).href)});
console.error(JSON.stringify(seen));
`;

test.each(["sign-in", "diagnose", "compare", "rebuild", "support-bundle"])(
  "the help of %s is there at once: it loads nothing that speaks to a vendor",
  async (command) => {
    const args = ["--input-type=module", "--eval", listing, command];
    const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: checkout });
    const modules: string[] = JSON.parse(stderr);
    expect(modules.some((url) => url.includes("/node_modules/commander/"))).toBe(true);
    const own = pathToFileURL(`${checkout}/`).href;
    const heavy = new RegExp(`^${own}(operations|providers|components)/|/node_modules/(?!commander/)`);
    expect(modules.filter((url) => heavy.test(url))).toEqual([]);
  },
);
