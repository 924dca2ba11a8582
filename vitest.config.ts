import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    // These take many minutes: `npm run test:long`.
    exclude: ["test/long/**", "**/node_modules/**"],
    // Tests with the real Pulumi engine start processes; two cores run two files at a time.
    maxWorkers: 2,
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/summaryReporter.ts"],
  },
});
