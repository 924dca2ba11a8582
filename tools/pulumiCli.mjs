import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { buildPulumi } from "./goBuild.mjs";
import { pathWithoutPackages } from "./packages.mjs";
import { showProgress } from "./progress.mjs";
import { run } from "./run.mjs";
import { SetUpError } from "./setUpError.mjs";

/** The version that the tests run with; the npm package `pulumi` in package.json is of the same version. */
export const testedVersion = "3.259.0";
/** A `pulumi` on PATH will do from the tested version on, up to the minor version of the SDK in package.json. */
const lastMinor = 270;

/** What a folder must hold for `pulumi` to run a TypeScript program with dynamic providers. */
const programs = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
const downloadDeadlineMs = 5 * 60_000;

/**
 * @typedef {object} Checkout
 * @property {string} root its folder
 * @property {NodeJS.ProcessEnv} env
 * @property {AbortSignal} [signal]
 *
 * @typedef {object} Way one way to come by a Pulumi CLI
 * @property {string} name
 * @property {() => Promise<string>} attempt
 *   gives the path of `pulumi`, or throws an Error that says in one line why not
 */

/**
 * Is there a Pulumi CLI already, and does `npx pulumi` in this checkout run it?
 *
 * @param {Checkout} checkout
 */
export async function pulumiInPlace(checkout) {
  const found = await firstThatWorks([onPath(checkout), installedEarlier(checkout)]);
  return "path" in found && readlinkOf(npxEntry(checkout)) === npxTarget(checkout, found.path);
}

/**
 * Sees to a Pulumi CLI, by the first of four ways that works, and makes `npx pulumi` run it.
 *
 * @param {Checkout} checkout
 */
export async function providePulumi(checkout) {
  const found = await firstThatWorks([
    onPath(checkout),
    installedEarlier(checkout),
    download(checkout),
    build(checkout),
  ]);
  if ("path" in found) return pointNpxAt(checkout, found.path);
  throw new SetUpError({
    code: "SET_UP_NO_PULUMI",
    what: `No Pulumi CLI ${testedVersion} could be found, downloaded or built.`,
    evidence: found.evidence,
    next:
      `Put one into ${binFolder(checkout.env)} or on PATH (https://www.pulumi.com/docs/install), ` +
      "or install Go, then try again.",
  });
}

/**
 * @param {readonly Way[]} ways
 * @returns {Promise<{ path: string } | { evidence: Record<string, string> }>}
 */
export async function firstThatWorks(ways) {
  /** @type {Record<string, string>} */
  const evidence = {};
  for (const { name, attempt } of ways) {
    try {
      return { path: await attempt() };
    } catch (error) {
      evidence[name] = error instanceof Error ? error.message : String(error);
    }
  }
  return { evidence };
}

/**
 * @param {Checkout} checkout
 * @returns {Way}
 */
function onPath({ root, env, signal }) {
  return {
    name: "pulumi on PATH",
    attempt: async () => {
      const folders = pathWithoutPackages(env.PATH ?? "").split(delimiter);
      const folder = folders.find((each) => isExecutable(join(each, "pulumi")));
      if (folder === undefined) throw new Error("there is none");
      const path = join(folder, "pulumi");
      const version = await versionOf(path, { root, env, signal });
      if (!isTested(version))
        throw new Error(`${path} is ${version}, tested are ${testedVersion} to 3.${lastMinor}`);
      const places = [...folders, dirname(realpathSync(path))];
      const missing = programs.find((name) => !places.some((place) => isExecutable(join(place, name))));
      if (missing) throw new Error(`${path} lacks ${missing}`);
      return path;
    },
  };
}

/**
 * @param {Checkout} checkout
 * @returns {Way}
 */
function installedEarlier({ root, env }) {
  return {
    name: "installed earlier",
    attempt: async () => {
      const folder = binFolder(env);
      const lacking = programs.filter((name) => !isExecutable(join(folder, name)));
      if (lacking.includes("pulumi") || lacking.includes("pulumi-language-nodejs")) {
        throw new Error(`${folder} lacks ${lacking.join(", ")}`);
      }
      if (lacking.length > 0) place(dynamicProviderHost(root), folder);
      return join(folder, "pulumi");
    },
  };
}

/**
 * @param {Checkout} checkout
 * @returns {Way}
 */
function download(checkout) {
  return {
    name: "Pulumi's own download",
    attempt: () =>
      showProgress(`Downloading the Pulumi CLI ${testedVersion}`, () =>
        inStaging(checkout, async (staging) => {
          const script = join(checkout.root, "node_modules", "pulumi", "run.js");
          const env = { ...checkout.env, PULUMI_HOME: staging, PULUMI_VERSION: testedVersion };
          await run(process.execPath, [script, "version"], {
            env,
            deadlineMs: downloadDeadlineMs,
            signal: checkout.signal,
          });
          return binFolder(env);
        }),
      ),
  };
}

/**
 * @param {Checkout} checkout
 * @returns {Way}
 */
function build(checkout) {
  return {
    name: "a build from Go modules",
    attempt: () =>
      showProgress(`Building the Pulumi CLI ${testedVersion} with Go (some minutes, once per machine)`, () =>
        inStaging(checkout, async (staging) => {
          await buildPulumi(staging, checkout);
          copyFileSync(dynamicProviderHost(checkout.root), join(staging, "pulumi-resource-pulumi-nodejs"));
          return staging;
        }),
      ),
  };
}

/**
 * Has a CLI made in a folder beside its final place, tries it there, and then puts it into its place, so that
 * nothing half-made ever lies there.
 *
 * @param {Checkout} checkout
 * @param {(staging: string) => Promise<string>} make gives the folder with the programs
 */
async function inStaging({ env, signal }, make) {
  signal?.throwIfAborted();
  const target = binFolder(env);
  mkdirSync(target, { recursive: true });
  const staging = mkdtempSync(join(dirname(target), ".set-up-"));
  try {
    const made = await make(staging);
    await run(join(made, "pulumi"), ["version"], { env: quiet(env), deadlineMs: 30_000, signal });
    for (const name of pulumiLast(readdirSync(made))) renameSync(join(made, name), join(target, name));
    return join(target, "pulumi");
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * The CLI itself comes last: where it lies, everything else does.
 *
 * @param {readonly string[]} names
 */
export function pulumiLast(names) {
  return [...names.filter((name) => name !== "pulumi"), ...names.filter((name) => name === "pulumi")];
}

/**
 * @param {string} file
 * @param {string} folder
 */
function place(file, folder) {
  const name = file.slice(dirname(file).length + 1);
  const temporary = join(folder, `.${name}.${process.pid}`);
  copyFileSync(file, temporary);
  chmodSync(temporary, 0o755);
  renameSync(temporary, join(folder, name));
}

/** @param {string} root */
function dynamicProviderHost(root) {
  return join(root, "node_modules", "@pulumi", "pulumi", "pulumi-resource-pulumi-nodejs");
}

/**
 * Where the npm package `pulumi` and Pulumi's Automation API look for the CLI.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function binFolder(env) {
  return join(env.PULUMI_HOME || join(env.HOME || homedir(), ".pulumi"), "versions", testedVersion, "bin");
}

/**
 * Asks a CLI for its version, once for each file of that size and age: it takes a noticeable moment.
 *
 * @param {string} path
 * @param {Checkout} checkout
 */
async function versionOf(path, { root, env, signal }) {
  const memory = join(root, ".cache", "pulumi-on-path.json");
  const { size, mtimeMs } = statSync(path);
  const key = `${path} ${size} ${mtimeMs}`;
  const known = existsSync(memory) ? JSON.parse(readFileSync(memory, "utf8")) : {};
  if (known.key === key) return String(known.version);
  const answer = await run(path, ["version"], { env: quiet(env), deadlineMs: 10_000, signal });
  const version = answer.trim().split("\n").at(-1)?.replace(/^v/, "") ?? "";
  mkdirSync(dirname(memory), { recursive: true });
  writeFileSync(memory, JSON.stringify({ key, version }));
  return version;
}

/** @param {string} version */
export function isTested(version) {
  const [major, minor] = version.split(".").map(Number);
  const [testedMajor, testedMinor] = testedVersion.split(".").map(Number);
  return major === testedMajor && Number(minor) >= Number(testedMinor) && Number(minor) <= lastMinor;
}

/** @param {NodeJS.ProcessEnv} env */
function quiet(env) {
  return { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" };
}

/** @param {Checkout} checkout */
function npxEntry({ root }) {
  return join(root, "node_modules", ".bin", "pulumi");
}

/**
 * The npm package's own script runs the CLI in the folder for the tested version; any other is linked straight.
 *
 * @param {Checkout} checkout
 * @param {string} path of the CLI to run
 */
function npxTarget({ env }, path) {
  return dirname(path) === binFolder(env) ? join("..", "pulumi", "run.js") : path;
}

/**
 * @param {Checkout} checkout
 * @param {string} path
 */
function pointNpxAt(checkout, path) {
  const [entry, target] = [npxEntry(checkout), npxTarget(checkout, path)];
  if (readlinkOf(entry) === target) return;
  const temporary = `${entry}.${process.pid}`;
  symlinkSync(target, temporary);
  renameSync(temporary, entry);
}

/**
 * @param {string} path
 * @returns {string | undefined}
 */
function readlinkOf(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined;
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() && statSync(path).size > 0;
  } catch {
    return false;
  }
}
