import { defineConfig } from "vitest/config";

/** Every property of every member, changed, removed and replaced by hand: `npm run test:drift`. */
export const driftTests = "test/engine/drift{Integration,Messenger,Salesforce}.test.ts";

export default defineConfig({
  test: {
    environment: "node",
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    // These take many minutes: `npm run test:long`.
    exclude: ["test/long/**", driftTests, "**/node_modules/**"],
    // Tests with the real Pulumi engine start processes; two cores run two files at a time.
    maxWorkers: 2,
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/summaryReporter.ts"],
  },
});
