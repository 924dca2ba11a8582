import { type Check, notRun } from "../../check.ts";

export const deletionOrder: Check = {
  id: "C4",
  title: "Order of deletions",
  severity: "note",
  member: "configuration",
  looks: "nothing: only a deletion meets it",
  story: {
    symptom: "A deletion is refused because something still uses the object.",
    cause: "Deployment, configuration, integration, credential and app must go in this order.",
    detection: "It shows while something is deleted, and this command deletes nothing.",
    source: "Genesys API (references between the objects); whether it refuses is not documented.",
  },
  fix: {
    byCode: "npx pulumi destroy: the engine keeps the order.",
    byHand: "Delete deployment, configuration, integration, credential and app in this order.",
  },
  look: async () => notRun("Advice only: only a deletion meets it."),
};
