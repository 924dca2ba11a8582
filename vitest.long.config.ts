import { defineConfig } from "vitest/config";
import usual from "./vitest.config.ts";

/** The proofs that take too long for every run of `npm test`. */
export default defineConfig({
  test: { ...usual.test, include: ["test/long/**/*.test.ts"], exclude: ["**/node_modules/**"] },
});
