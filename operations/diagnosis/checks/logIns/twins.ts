import { ownerOfIntegration } from "../../../../providers/genesys/Integration.ts";
import { splitMark } from "../../../../providers/ownerMark.ts";
import type { MemberName, MessagingSet } from "../../../stack/messagingSet.ts";
import { type Check, found, ok } from "../../check.ts";
import type { LiveSet } from "../../liveSet.ts";

export const twins: Check = {
  id: "C5",
  title: "Second objects of one member",
  severity: "warning",
  member: "log-ins",
  looks: "the owner's mark on all credentials, integrations, configurations and deployments of the org",
  story: {
    symptom: "A console shows two objects of one name, and people edit the wrong one.",
    cause: "An answer was lost and the creation repeated, or a state was lost and the set built again.",
    detection:
      "No object but those of the state may carry this set's owner's mark. An External Client App cannot have a twin: its name is unique.",
    source: "Experience with lost answers; the mark is this project's own.",
  },
  fix: {
    byCode: "Nothing is deleted by itself: what no state knows belongs to nobody for certain.",
    byHand: "See that nothing uses the object that the evidence names, then delete it in the console.",
  },
  async look({ live, set }) {
    const marked = await markedObjects(live);
    const unknown = marked.filter((object) => isTwin(set, object));
    if (unknown.length === 0) return ok({ "objects with a mark": marked.length });
    const objects = unknown.map(({ member, id }) => `${member} ${id}`).join(", ");
    return found("Objects carry this set's mark that its state does not know.", { objects });
  },
};

interface Marked {
  member: MemberName;
  id: string | undefined;
  owner: string | undefined;
}

async function markedObjects(live: LiveSet): Promise<Marked[]> {
  const [credentials, integrations, configurations, deployments] = await Promise.all([
    live.credentials(),
    live.integrations(),
    live.configurations(),
    live.deployments(),
  ]);
  const of = (member: MemberName, id: string | undefined, text: string | undefined): Marked => ({
    member,
    id,
    owner: splitMark(text).owner,
  });
  return [
    ...credentials.map(({ id, name }) => of("credential", id, name)),
    ...integrations.map((seen) => ({ ...of("integration", seen.id, ""), owner: ownerOfIntegration(seen) })),
    ...configurations.map(({ id, description }) => of("configuration", id, description)),
    ...deployments.map(({ id, description }) => of("deployment", id, description)),
  ].filter(({ owner }) => owner !== undefined);
}

function isTwin(set: MessagingSet, { member, id, owner }: Marked): boolean {
  const ours = set.members[member];
  return ours !== undefined && owner === ours.outputs.owner && id !== ours.id;
}
