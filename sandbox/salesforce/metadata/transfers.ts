import type { Org } from "../org.ts";
import { sameId } from "../recordId.ts";
import type { Transfer } from "../state.ts";
import type { Caller } from "./calls.ts";
import { sfFault } from "./metadataType.ts";

/** The org remembers its last deploys and retrieves, this many of each. */
const KEPT = 200;
/** The part of its time that a transfer waits in the queue. */
const QUEUED = 0.25;

export function newTransfer({ user, version }: Caller, id: string): Transfer {
  return { id, version, createdAt: new Date().toISOString(), createdBy: user.username };
}

/** The transfers to go on remembering when one more comes. */
export function kept<Kind extends Transfer>(transfers: Kind[]): Kind[] {
  return transfers.slice(1 - KEPT);
}

/** The transfer of this id; throws the fault of an unknown one. */
export function findTransfer<Kind extends Transfer>(transfers: Kind[], id = ""): Kind {
  const found = transfers.find((transfer) => sameId(transfer.id, id));
  if (found) return found;
  throw sfFault("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id");
}

/** Whether it has left the queue. */
export function hasBegun(org: Org, transfer: Transfer): boolean {
  return elapsedMs(transfer) >= org.delays.metadataTransferMs * QUEUED;
}

/** Whether its time is over. */
export function isDue(org: Org, transfer: Transfer): boolean {
  return elapsedMs(transfer) >= org.delays.metadataTransferMs;
}

/** When it left, or will leave, the queue; an ISO date. */
export function startDate(org: Org, { createdAt }: Transfer): string {
  return new Date(Date.parse(createdAt) + org.delays.metadataTransferMs * QUEUED).toISOString();
}

function elapsedMs({ createdAt }: Transfer): number {
  return Date.now() - Date.parse(createdAt);
}
