import { CodedError } from "../../../../providers/errors.ts";
import type { LiveSet } from "../../liveSet.ts";

/** What kept one read of each kind of object from being answered. The consumer secret has a check of its own. */
export async function readErrors(live: LiveSet): Promise<CodedError[]> {
  const reads = [live.app(), live.credentials(), live.integration(), live.versions(), live.deployment()];
  const settled = await Promise.allSettled(reads);
  const reasons = settled.flatMap((read) => (read.status === "rejected" ? [read.reason as unknown] : []));
  return reasons.map((reason) => {
    if (reason instanceof CodedError) return reason;
    throw reason;
  });
}
