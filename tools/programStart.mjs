// Runs before the Pulumi program (Pulumi.yaml, nodeargs): says plainly when this Node cannot run it, and keeps the
// compiled code for the next run. Plain JavaScript, so that an old Node gets this far.
import module from "node:module";

if (!process.features.typescript) {
  console.error(
    `NODE_TOO_OLD: Node.js ${process.versions.node} cannot run this program, which is TypeScript.\n` +
      "  next: use Node.js 24, for example by `npx pulumi ...`, which runs the one that the project installs.",
  );
  process.exit(1);
}
module.enableCompileCache?.();
