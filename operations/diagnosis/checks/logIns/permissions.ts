import { type Check, found, ok } from "../../check.ts";
import { readErrors } from "./readErrors.ts";

export const permissions: Check = {
  id: "C1",
  title: "Permissions of the stack's log-ins",
  severity: "warning",
  member: "log-ins",
  looks: "one read of each kind of object at both vendors",
  story: {
    symptom:
      "pulumi up or this command stops with GENESYS_PERMISSION_MISSING or SALESFORCE_PERMISSION_MISSING.",
    cause: "The role of the OAuth client, or the user's permission set, lacks something.",
    detection:
      "Reads only: nothing is written to learn whether it may be. Permissions to add, edit and delete are not seen.",
    source:
      "Genesys API descriptions (permissions of each operation); Salesforce's permissions for External Client Apps.",
  },
  fix: {
    byCode: "Nothing: it is a setting of the vendors.",
    byHand:
      "Give the Genesys OAuth client's role the permissions that Genesys names, and the Salesforce user those of the README.",
  },
  async look({ live }) {
    const refused = (await readErrors(live)).filter(({ code }) => code.endsWith("_PERMISSION_MISSING"));
    if (refused.length === 0) return ok();
    const said = refused.map(({ what, evidence }) => [what, evidence.said].filter(Boolean).join(" "));
    return found("The stack's log-ins may not read all that they must.", {
      missing: [...new Set(said)].join("; "),
    });
  },
};
