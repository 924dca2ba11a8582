try {
  require("../node.cjs");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
require("./server.ts");
