import type { CheckResult } from "../check.ts";

/** How a check ended, for people. */
export type Result = "found" | "ok" | "error" | "not run";

export function resultOf({ status, error }: CheckResult): Result {
  if (status === "finding") return "found";
  if (status === "ok") return "ok";
  return error ? "error" : "not run";
}
