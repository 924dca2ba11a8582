import { expect, test } from "vitest";
import { differences, npmErrors, pathWithoutPackages } from "../../tools/packages.mjs";
import { CommandFailed } from "../../tools/run.mjs";

const locked = {
  "": { version: "0.1.0" },
  "node_modules/zod": { version: "4.6.7" },
  "node_modules/fsevents": { version: "2.3.3", optional: true },
};

test("a checkout with all packages as locked needs no installation, whatever optional ones it lacks", () => {
  expect(differences(locked, { "node_modules/zod": { version: "4.6.7" } })).toEqual([]);
});

test("a missing package and one of another version call for an installation", () => {
  expect(differences(locked, {})).toEqual(["node_modules/zod"]);
  expect(differences(locked, { "node_modules/zod": { version: "4.0.0" } })).toEqual(["node_modules/zod"]);
  const otherOptional = {
    "node_modules/zod": { version: "4.6.7" },
    "node_modules/fsevents": { version: "1.0.0" },
  };
  expect(differences(locked, otherOptional)).toEqual(["node_modules/fsevents"]);
});

test("npm's folders of programs are no place to look for a system's own", () => {
  expect(pathWithoutPackages("/work/a/node_modules/.bin:/usr/bin:/node_modules/.bin:/bin")).toBe(
    "/usr/bin:/bin",
  );
});

test("of what npm prints when it fails, its errors are shown", () => {
  const printed =
    "npm warn old\nnpm error code EUSAGE\nnpm error\nnpm error Missing: a\nnpm notice New version";
  expect(npmErrors(new CommandFailed("exit 1", printed))).toBe("exit 1; code EUSAGE | Missing: a");
  expect(npmErrors(new CommandFailed("ended by its deadline"))).toBe("ended by its deadline");
});
