import type { CauseId, Check, CheckResult } from "./check.ts";

/** Of causes that bring each other in their wake, only the first counts as found. */
export function withoutFollowers(results: readonly CheckResult[], checks: readonly Check[]): CheckResult[] {
  const found = new Set(results.filter(({ status }) => status === "finding").map(({ id }) => id));
  return results.map((result) => {
    const root = rootOf(result.id, found, checks);
    if (result.status !== "finding" || root === undefined) return result;
    return { ...result, status: "notRun", what: `It follows from ${root}: ${result.what}` };
  });
}

function rootOf(id: CauseId, found: ReadonlySet<CauseId>, checks: readonly Check[]): CauseId | undefined {
  return checks.find((check) => check.id === id)?.follows?.find((root) => found.has(root));
}
