import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { showProgress } from "./progress.mjs";
import { SetUpError } from "./setUpError.mjs";

const patienceMs = 45 * 60_000;
const askEveryMs = 250;

/**
 * Does the work while no other process of this checkout does it: two terminals may run `npm start` and
 * `npm test` right after cloning. The lock file holds the process id; that of a dead process counts for nothing.
 *
 * @template Result
 * @param {string} lockFile
 * @param {() => Promise<Result>} work
 * @param {AbortSignal} [signal]
 * @param {number} [waitAtMostMs] how long another process may take
 * @returns {Promise<Result>}
 */
export async function alone(lockFile, work, signal, waitAtMostMs = patienceMs) {
  mkdirSync(dirname(lockFile), { recursive: true });
  if (!take(lockFile)) {
    const holder = readHolder(lockFile) ?? "another process";
    await showProgress(`Waiting for the set-up that process ${holder} is doing`, () =>
      takeInTime(lockFile, waitAtMostMs, signal),
    );
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

/**
 * @param {string} lockFile
 * @param {number} waitAtMostMs
 * @param {AbortSignal} [signal]
 */
async function takeInTime(lockFile, waitAtMostMs, signal) {
  const deadline = Date.now() + waitAtMostMs;
  while (!take(lockFile)) {
    if (Date.now() > deadline) {
      throw new SetUpError({
        code: "SET_UP_BUSY",
        what: "Another process has been setting up this checkout for too long.",
        evidence: { process: readHolder(lockFile) ?? "unknown", "lock file": lockFile },
        next: "End that process, or delete the lock file if it is not ours, then try again.",
      });
    }
    await pause(askEveryMs, undefined, { signal });
  }
}

/** @param {string} lockFile */
function take(lockFile) {
  const holder = readHolder(lockFile);
  if (holder !== undefined && !isAlive(holder)) rmSync(lockFile, { force: true });
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (isSystemError(error, "EEXIST")) return false;
    throw error;
  }
}

/**
 * @param {string} lockFile
 * @returns {number | undefined} a process id
 */
function readHolder(lockFile) {
  try {
    return Number.parseInt(readFileSync(lockFile, "utf8"), 10) || undefined;
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isSystemError(error, "ESRCH");
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function isSystemError(error, code) {
  return error instanceof Error && "code" in error && error.code === code;
}
