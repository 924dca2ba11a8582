import { isRead, type Members, membersOf } from "../../managementRequests.ts";
import { bothVendors, type Call, type Fault } from "../fault.ts";

const USUAL_MS = 2_000;

interface Past {
  vendor: Call["vendor"];
  members: Members;
  until: number;
}

export const lingeringDelete: Fault = {
  name: "lingering-delete",
  kind: "transport",
  seen: "A delete succeeds, but what was deleted can be read for a while.",
  vendors: bothVendors,
  takesTime: true,
  applies: ({ method, operation, path }) =>
    operation === "deleteMetadata" ||
    (method === "DELETE" && path.startsWith("/api/v2/") && !path.endsWith("/revoke")),
  remembering() {
    let pasts: Past[] = [];
    return {
      watch: (call) => {
        pasts = pasts.filter(({ until }) => Date.now() < until);
        if (!isRead(call)) return;
        for (const { vendor, members } of pasts) if (vendor === call.vendor) seeAsWell(call, members);
      },
      before: (call) => {
        const until = Date.now() + (call.options.milliseconds ?? USUAL_MS);
        pasts.push({ vendor: call.vendor, members: membersOf(call.world[call.vendor]), until });
      },
    };
  },
};

/** What there is now, and beside it what there was. */
function seeAsWell({ world, see }: Call, past: Members): void {
  if ("components" in past) {
    const { components, consumers } = world.salesforce;
    see({ components: union(components, past.components), consumers: union(consumers, past.consumers) });
    return;
  }
  const kinds = Object.entries(past).map(([kind, objects]) => [
    kind,
    { ...objects, ...world.genesys[kind as keyof typeof past] },
  ]);
  see(Object.fromEntries(kinds));
}

function union<Kind extends { id: string }>(now: readonly Kind[], past: readonly Kind[]): Kind[] {
  return [...now, ...past.filter(({ id }) => !now.some((object) => object.id === id))];
}
