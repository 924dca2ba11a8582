import { type Check, notRun } from "../../check.ts";

export const versionConflicts: Check = {
  id: "C3",
  title: "Edits at the same time",
  severity: "note",
  member: "integration",
  looks: "nothing: only a write meets it",
  story: {
    symptom: "A write of the integration's configuration is refused: it does not match the current version.",
    cause: "Somebody else wrote it in between.",
    detection: "It shows while something is written, and this command writes nothing.",
    source: "The vendor's Terraform provider (409, or 400 with that text).",
  },
  fix: {
    byCode: "npx pulumi up again: it reads, merges and tries a few times by itself.",
    byHand: "Reload the page of the console and edit again.",
  },
  look: async () => notRun("Advice only: only a write meets it."),
};
