#!/usr/bin/env node
// Starts `amsg` with the Node 24 that the project installs, whichever Node was called: the sources are TypeScript.
// Plain JavaScript, so that an old Node gets this far.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const projectNode = here("../node_modules/.bin/node");

if (Number.parseInt(process.versions.node, 10) >= 24) {
  module.enableCompileCache?.();
  await import("./amsg.ts");
} else if (existsSync(projectNode)) {
  runWith(projectNode);
} else {
  console.error(
    `AMSG_NODE_TOO_OLD: Node.js ${process.versions.node} cannot run this command, which is TypeScript.\n` +
      "  next: Install the project's packages, among them Node.js 24: `npm ci`.",
  );
  process.exitCode = 1;
}

/** @param {string} node */
function runWith(node) {
  const child = spawn(node, [here("amsg.mjs"), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill(signal));
  }
  child.once("exit", (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal ?? "SIGTERM"];
  });
}
