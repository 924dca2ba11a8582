import type { Breaking, Chain, Fault, Member, Vendor, World } from "../fault.ts";

/**
 * A fault that no read of either vendor shows: it goes with the id of one member, so that nothing but recreating
 * that member cures it. Everything up to the visitor's identity goes well, then the exchange fails like any other.
 */
export function ghost(
  member: Member,
  {
    vendors,
    haunts,
    inChain,
  }: {
    vendors: readonly Vendor[];
    haunts: (set: Breaking) => { id: string }[];
    /** Id of the member in the set that an exchange went through. */
    inChain: (chain: Chain, world: World) => string | undefined;
  },
): Fault {
  return {
    name: `${member.toLowerCase()}-ghost`,
    kind: "ghost",
    seen: `Sign-ins fail at the exchange although everything is right; only a new ${member} helps.`,
    vendors,
    member,
    marks: (set) => haunts(set).map(({ id }) => id),
    refuse: (chain, marked, world) => {
      const id = inChain(chain, world);
      return id !== undefined && marked.includes(id) ? `There is a ghost in ${member} ${id}.` : undefined;
    },
  };
}
