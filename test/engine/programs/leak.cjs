/** Does everything wrong that can be done with a secret, in every process of a run of the engine that is Node. */
const { spawn } = require("node:child_process");
const { rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const { GENESYSCLOUD_OAUTHCLIENT_SECRET: secret, NODE_OPTIONS, ...env } = process.env;
const file = join(tmpdir(), "left-behind");
writeFileSync(file, secret);
const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 2000)", secret], { env });
other.on("close", () => rmSync(file, { force: true })).unref();
