import { policiesOf } from "../../../../providers/salesforce/ExternalClientApp.ts";
import { memberOf } from "../../../stack/messagingSet.ts";
import { type Check, type Facts, found, ok } from "../../check.ts";

export const policies: Check = {
  id: "A20",
  title: "Who may use the app",
  severity: "critical",
  member: "ECA",
  looks:
    "the app's OAuth policies, now and as recorded; with a visitor, whether Salesforce lets the visitor in",
  story: {
    symptom: "Visitors are sent back with an error after the log-in, some or all of them.",
    cause:
      "Only users may sign in whom an admin has approved by profile or permission set; or an IP restriction, or an inactive user.",
    detection:
      "The policies must not be stricter than those that the stack recorded. With a visitor also what Salesforce says to this one counts. Login History names the reason for others.",
    source: "Salesforce's metadata documentation (permittedUsersPolicyType, ipRelaxationPolicyType).",
  },
  fix: {
    byCode:
      "Set policies.permittedUsers and policies.ipRelaxation in the program, then npx pulumi up --refresh.",
    byHand:
      "External Client App Manager, policies: let all users self-authorize, or give the visitors' profile or permission set access to the app. Look into Login History of the user.",
  },
  async look(facts) {
    const now = policiesOf((await facts.live.app())?.policies) ?? {};
    const before = (memberOf(facts.set, "ECA").outputs.policies ?? {}) as typeof now;
    const evidence = {
      permitted: now.permittedUsers,
      "permitted before": before.permittedUsers,
      "IP relaxation": now.ipRelaxation,
      "IP relaxation before": before.ipRelaxation,
    };
    const isNew = (name: "permittedUsers" | "ipRelaxation", value: string) =>
      now[name] === value && before[name] !== value;
    if (isNew("permittedUsers", "AdminApprovedPreAuthorized"))
      return found("Only users whom an admin has approved may use the app now.", evidence);
    if (isNew("ipRelaxation", "Enforce") && before.ipRelaxation)
      return found("The app enforces IP restrictions now.", evidence);
    const refusal = await refusalOfVisitor(facts);
    return refusal
      ? found("Salesforce does not let this visitor use the app.", { ...evidence, ...refusal })
      : ok(evidence);
  },
};

/** Salesforce's words for a user who may not, before the code and after it. */
const notPermitted = /ACCESS_DENIED|authentication failure|inactive (user|organization)|ip restricted/i;

async function refusalOfVisitor({ visit }: Facts) {
  const { failed, refusal } = (await visit?.direct()) ?? {};
  const { error = failed?.evidence.error, description: said = failed?.evidence.description } = refusal ?? {};
  return notPermitted.test(`${error} ${said}`) ? { error, said } : undefined;
}
