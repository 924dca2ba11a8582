import type { Kind, Owned } from "./lifecycle.ts";

/**
 * Environment variable of one `pulumi up`: the member that this run writes anew in place though nothing differs, as
 * `rewriteOrder` puts it. Nothing of it stays in the state, so the next `up` has nothing to do.
 */
export const rewriteVariable = "AMSG_REWRITE";

/** Names one member to be written anew: "Genesys credential of shop/prod/messaging". */
export function rewriteOrder({ noun }: { noun: string }, owner: string): string {
  return `${noun} of ${owner}`;
}

/** Whether this run is to write this member anew. */
export function isRewriteOrdered<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  { owner }: { owner?: unknown },
): boolean {
  return kind.doubted !== undefined && process.env[rewriteVariable] === rewriteOrder(kind, String(owner));
}
