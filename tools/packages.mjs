import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, sep } from "node:path";
import { showProgress } from "./progress.mjs";
import { CommandFailed, run } from "./run.mjs";
import { SetUpError } from "./setUpError.mjs";

/** The Node that runs the project's TypeScript; the npm package `node` brings it. */
const neededNode = 24;
const installDeadlineMs = 15 * 60_000;

/**
 * @typedef {Record<string, { version?: string, optional?: boolean, peer?: boolean }>} LockedPackages
 * npm's record of packages by their place, as in `package-lock.json`
 */

/**
 * Are the packages of a checkout installed just as locked, and is Node 24 among them?
 *
 * @param {string} root the checkout
 */
export function packagesInstalled(root) {
  const locked = readPackages(join(root, "package-lock.json"));
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"));
  if (locked === undefined || installed === undefined) return false;
  return differences(locked, installed).length === 0 && existsSync(projectNode(root));
}

/**
 * The packages that are missing or of another version. npm leaves out optional ones made for other machines, so
 * those may be missing.
 *
 * @param {LockedPackages} locked
 * @param {LockedPackages} installed
 */
export function differences(locked, installed) {
  return Object.entries(locked)
    .filter(([place]) => place !== "")
    .filter(([place, wanted]) => {
      const found = installed[place];
      return found === undefined ? !wanted.optional : found.version !== wanted.version;
    })
    .map(([place]) => place);
}

/**
 * `npm ci`, and proof that Node 24 came with it.
 *
 * @param {string} root the checkout
 * @param {AbortSignal} [signal]
 */
export async function installPackages(root, signal) {
  await showProgress("Installing the packages (npm ci)", () =>
    npm(root, ["ci", "--no-audit", "--no-fund"], signal),
  );
  if (!existsSync(projectNode(root))) await installNode(root, signal);
  await checkNode(root, signal);
}

/** @param {string} root */
function projectNode(root) {
  return join(root, "node_modules", "node", "bin", "node");
}

/**
 * The npm package `node` fetches its program in an install script, which some npm settings switch off.
 *
 * @param {string} root
 * @param {AbortSignal} [signal]
 */
async function installNode(root, signal) {
  await showProgress("Installing Node 24 (npm rebuild node)", () =>
    npm(root, ["rebuild", "node", "--ignore-scripts=false"], signal),
  );
}

/**
 * @param {string} root
 * @param {AbortSignal} [signal]
 */
async function checkNode(root, signal) {
  const node = projectNode(root);
  try {
    const version = await run(node, ["--version"], { deadlineMs: 10_000, signal });
    if (Number.parseInt(version.slice(1), 10) >= neededNode) return;
    throw new CommandFailed(`it is ${version.trim()}`);
  } catch (error) {
    throw new SetUpError({
      code: "SET_UP_NO_NODE_24",
      what: "The npm package `node` did not bring a Node 24 that runs on this machine.",
      evidence: { [node]: messageOf(error), machine: `${process.platform} ${process.arch}` },
      next: "Let npm run install scripts (`npm config get ignore-scripts` should say false), then try again.",
    });
  }
}

/**
 * Runs npm with the Node that npm itself was started with, not with the one inside `node_modules`, which npm is
 * about to replace.
 *
 * @param {string} root
 * @param {readonly string[]} args
 * @param {AbortSignal} [signal]
 */
async function npm(root, args, signal) {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  const [command, before] = script && node ? [node, [script]] : ["npm", []];
  const env = { ...process.env, PATH: pathWithoutPackages(process.env.PATH ?? "") };
  try {
    await run(command, [...before, ...args], { cwd: root, env, deadlineMs: installDeadlineMs, signal });
  } catch (error) {
    throw new SetUpError({
      code: "SET_UP_NPM_FAILED",
      what: `\`npm ${args.join(" ")}\` did not succeed.`,
      evidence: { npm: npmErrors(error) },
      next: `Run \`npm ${args.join(" ")}\` by hand to see all it says; it needs the npm registry.`,
    });
  }
}

/**
 * A search path without the folders in which npm puts the programs of packages.
 *
 * @param {string} path
 */
export function pathWithoutPackages(path) {
  return path
    .split(delimiter)
    .filter((folder) => !folder.endsWith(`node_modules${sep}.bin`))
    .join(delimiter);
}

/**
 * @param {string} file
 * @returns {LockedPackages | undefined}
 */
function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : undefined;
}

/**
 * What npm says of its failure, without the notices and hints around it.
 *
 * @param {unknown} error
 */
export function npmErrors(error) {
  if (!(error instanceof CommandFailed)) return messageOf(error);
  const lines = error.printed.split("\n").filter((line) => /^npm (error|ERR!) \S/.test(line));
  if (lines.length === 0) return error.message;
  const said = lines.slice(0, 5).map((line) => line.replace(/^npm (error|ERR!) /, ""));
  return `${error.how}; ${said.join(" | ")}`;
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
