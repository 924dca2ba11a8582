// What the literals in the state require.
require("./node.cjs");
module.exports = require("./index.ts");
