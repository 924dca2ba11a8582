import { configDefaults, defineConfig } from "vitest/config";
import usual, { driftTests } from "./vitest.config.ts";

const { include, exclude, reporters, maxWorkers, ...test } = usual.test ?? {};

/** Engine tests that name the host they are for. */
const pinned = ["adopt", "import", "interrupt", "preview", "stockHost"].map(
  (name) => `test/engine/${name}.test.ts`,
);

/** The proofs that take too long for every run of `npm test`. */
export default defineConfig({
  test: {
    reporters,
    maxWorkers,
    projects: [
      {
        test: {
          ...test,
          name: "long",
          include: [
            "test/long/**/*.test.ts",
            "test/contract/bothHosts.property.test.ts",
            "test/reliability/{table,silence}.test.ts",
          ],
          env: { TEST_PROPERTY_RUNS: "600", TEST_EVERY_FAULT: "true" },
        },
      },
      { test: { ...test, name: "drift", include: [driftTests] } },
      {
        test: {
          ...test,
          name: "stock host",
          include: ["test/engine/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...pinned],
          env: { TEST_PROVIDER_HOST: "stock" },
        },
      },
    ],
  },
});
