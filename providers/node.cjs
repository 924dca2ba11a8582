// What must be so before any TypeScript is loaded. Plain JavaScript, so that a Node that cannot run TypeScript says so.
if (process.features.typescript === undefined || process.features.typescript === false) {
  const error = new Error(
    `NODE_TOO_OLD: Node.js ${process.versions.node} cannot run the providers, which are TypeScript.\n` +
      "  next: use Node.js 24, for example by `npx pulumi ...`, which runs the one that the project installs.",
  );
  error.stack = "";
  throw error;
}
// Keeps the compiled code, types stripped, for the next host: every engine operation starts a new one, and ends it
// by SIGINT, at which Node by itself would not write the cache.
const { enableCompileCache, flushCompileCache } = require("node:module");
enableCompileCache();
process.once("SIGINT", () => {
  flushCompileCache();
  process.exit(130);
});
