import { isRead, isWrite, type Members, membersOf } from "../../managementRequests.ts";
import { bothVendors, type Fault } from "../fault.ts";

export const staleReads: Fault = {
  name: "stale-reads",
  kind: "transport",
  seen: "A read shows the state from before the last write: a new object is missing, a changed one looks as before.",
  vendors: bothVendors,
  applies: isRead,
  remembering() {
    const beforeLastWrite: Partial<Record<string, Members>> = {};
    return {
      watch: (call) => {
        if (isWrite(call)) beforeLastWrite[call.vendor] = membersOf(call.world[call.vendor]);
      },
      before: (call) => call.see(beforeLastWrite[call.vendor] ?? {}),
    };
  },
};
