// What the literals in the state require.
require("./node.cjs");
// Pulumi's stock host does not notice that the engine was killed, which holds the other end of its stdin. A program that
// imports this package is left alone: its stdin is nobody's.
if (/[\\/]cmd[\\/]dynamic-provider[\\/]/.test(process.argv[1] ?? ""))
  process.stdin.on("close", () => process.exit()).resume();
module.exports = require("./index.ts");
