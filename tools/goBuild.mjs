import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.mjs";

/** Measured on two cores: 4.5 minutes. */
const buildDeadlineMs = 30 * 60_000;
/** What both builds leave behind in Go's caches, in bytes, with some air. Measured: 3.5 GB. */
const neededSpace = 4.5e9;

/**
 * The two programs, each with a module of its own, since the language host does not compile against the version
 * of the CLI's packages that the CLI needs. The versions are those in the modules' `go.mod`.
 */
const programs = [
  {
    name: "pulumi",
    module: "cli",
    source: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    version: "v3.259.0",
  },
  {
    name: "pulumi-language-nodejs",
    module: "language-host",
    source: "github.com/pulumi/pulumi/sdk/nodejs/cmd/pulumi-language-nodejs/v3",
    version: "v3.192.0",
  },
];

/**
 * @typedef {object} Machine
 * @property {NodeJS.ProcessEnv} env
 * @property {AbortSignal} [signal]
 */

/**
 * Builds the Pulumi CLI and its language host from Go modules into a folder.
 *
 * @param {string} folder
 * @param {Machine} machine
 * @throws an Error that says in one line why it was not possible
 */
export async function buildPulumi(folder, machine) {
  await checkGo(machine);
  const temporary = mkdtempSync(join(tmpdir(), "pulumi-build-"));
  try {
    await checkSpace(temporary);
    for (const program of programs) await build(program, folder, temporary, machine);
  } finally {
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * @param {typeof programs[number]} program
 * @param {string} folder
 * @param {string} temporary
 * @param {Machine} machine
 */
async function build({ name, module, source, version }, folder, temporary, { env, signal }) {
  const cwd = modulePath(module);
  const linked = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
  const flags = ["-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", linked];
  mkdirSync(folder, { recursive: true });
  await run("go", ["build", ...flags, "-o", join(folder, name), source], {
    cwd,
    env: goEnvironment(env, temporary),
    deadlineMs: buildDeadlineMs,
    signal,
  });
}

/**
 * Go's caches go to the temporary folder, and may be deleted there (`-modcacherw`). The checksum database is left
 * as the user has it.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {string} temporary
 * @returns {NodeJS.ProcessEnv}
 */
export function goEnvironment(env, temporary) {
  return {
    ...env,
    GOPATH: join(temporary, "path"),
    GOMODCACHE: join(temporary, "modules"),
    GOCACHE: join(temporary, "cache"),
    GOTMPDIR: temporary,
    GOFLAGS: [env.GOFLAGS, "-modcacherw"].filter(Boolean).join(" "),
    GOWORK: "off",
    CGO_ENABLED: "0",
  };
}

/** @param {Machine} machine */
async function checkGo({ env, signal }) {
  const needed = /^go (\S+)$/m.exec(readFileSync(join(modulePath("cli"), "go.mod"), "utf8"))?.[1] ?? "";
  const asked = run("go", ["env", "GOVERSION", "GOTOOLCHAIN"], { env, deadlineMs: 30_000, signal });
  const found = await asked.catch((error) => {
    throw new Error(`Go ${needed} or newer is needed and \`go\` could not be run (${error.message})`);
  });
  const [version = "", toolchain = ""] = found.trim().split("\n");
  const problem = goProblem(needed, version, toolchain);
  if (problem) throw new Error(problem);
}

/**
 * Why a Go will not do, if so. From 1.21 on Go fetches the newer Go that a module asks for, unless told not to.
 *
 * @param {string} needed such as `1.26`
 * @param {string} version such as `go1.26.8`
 * @param {string} toolchain Go's own setting GOTOOLCHAIN: `local` forbids fetching
 */
export function goProblem(needed, version, toolchain) {
  const isAtLeast = (/** @type {string} */ wanted) => {
    const [major = 0, minor = 0] = version.replace(/^go/, "").split(".").map(Number);
    const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
    return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  };
  if (isAtLeast(needed) || (isAtLeast("1.21") && !toolchain.startsWith("local"))) return undefined;
  return `Go ${needed} or newer is needed, found ${version || "an unknown version"}`;
}

/** @param {string} folder */
async function checkSpace(folder) {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= neededSpace) return;
  const gigabytes = (/** @type {number} */ bytes) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new Error(
    `${folder} has ${gigabytes(bavail * bsize)} free, the build needs ${gigabytes(neededSpace)} for some minutes; ` +
      "the variable TMPDIR can name another folder",
  );
}

/** @param {string} module */
function modulePath(module) {
  return fileURLToPath(new URL(`pulumi-cli/${module}/`, import.meta.url));
}
