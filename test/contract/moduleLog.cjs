// Preloaded into a provider host by a test: writes the address of each module that it loads, one a line.
const { appendFileSync } = require("node:fs");
const { registerHooks } = require("node:module");
const log = process.env.TEST_MODULE_LOG;
if (log)
  registerHooks({
    load(url, context, next) {
      appendFileSync(log, `${url}\n`);
      return next(url, context);
    },
  });
