// Makes a checkout ready: its packages, Node 24 among them, and the Pulumi CLI. npm runs this before `start`,
// `test` and `sandbox`; when nothing is to do it is done at once. Plain JavaScript for Node 18 and newer, since
// nothing is installed yet.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { alone } from "./alone.mjs";
import { installPackages, packagesInstalled } from "./packages.mjs";
import { providePulumi, pulumiInPlace } from "./pulumiCli.mjs";
import { SetUpError } from "./setUpError.mjs";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** @param {AbortSignal} signal */
async function setUp(signal) {
  checkMachine();
  const checkout = { root, env: process.env, signal };
  if (packagesInstalled(root) && (await pulumiInPlace(checkout))) return;
  await alone(
    join(root, ".cache", "set-up.lock"),
    async () => {
      if (!packagesInstalled(root)) await installPackages(root, signal);
      await providePulumi(checkout);
    },
    signal,
  );
}

function checkMachine() {
  if (process.platform === "win32" || Number.parseInt(process.versions.node, 10) < 18) {
    throw new SetUpError({
      code: "SET_UP_MACHINE",
      what: "Linux or macOS with Node 18 or newer is needed.",
      evidence: { system: process.platform, Node: process.version },
      next: "Install a newer Node; on Windows use the Windows Subsystem for Linux.",
    });
  }
}

const interrupted = new AbortController();
for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.once(name, () => interrupted.abort(new Error(`Set-up was interrupted (${name}).`)));
}
try {
  await setUp(interrupted.signal);
} catch (error) {
  const reason = interrupted.signal.aborted ? interrupted.signal.reason.message : describe(error);
  process.stderr.write(`${reason}\n`);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
}

/** @param {unknown} error */
function describe(error) {
  if (error instanceof SetUpError) return error.message;
  return error instanceof Error ? error.stack : String(error);
}
