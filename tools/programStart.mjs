// Runs before the Pulumi program (Pulumi.yaml, nodeargs): says plainly when this Node cannot run it, and makes the
// start quicker. Plain JavaScript, so that an old Node gets this far.
import module, { createRequire } from "node:module";

if (!process.features.typescript) {
  console.error(
    `NODE_TOO_OLD: Node.js ${process.versions.node} cannot run this program, which is TypeScript.\n` +
      "  next: use Node.js 24, for example by `npx pulumi ...`, which runs the one that the project installs.",
  );
  process.exit(1);
}
// Keeps the compiled code, types stripped, for the next run.
module.enableCompileCache?.();
// The SDK maps the stack trace of every resource back to its own sources, which takes a tenth of a second in all.
// Ours need no map: stripping types keeps every line and column where it is. It installs its own way of writing traces
// once, and Node's is taken back after that.
const sdk = createRequire(import.meta.resolve("@pulumi/pulumi"));
sdk("source-map-support").install();
Reflect.deleteProperty(Error, "prepareStackTrace");
// The SDK logs each answer of the engine at debug level, secrets included, and `pulumi up --json` prints that level.
const log = sdk("@pulumi/pulumi/log");
const { debug } = log;
/** @type {(message: unknown, ...more: unknown[]) => unknown} */
log.debug = (message, ...more) => debug(String(message).replace(/, resp: .*/s, ""), ...more);
