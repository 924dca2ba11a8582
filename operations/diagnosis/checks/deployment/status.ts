import { memberOf } from "../../../stack/messagingSet.ts";
import { type Check, found, ok } from "../../check.ts";

/** Others than these are a new release's, and no reason for a finding. */
const notWorking = ["Inactive", "Pending", "Error", "Deleting"];

export const deploymentStatus: Check = {
  id: "A6",
  title: "Status of the deployment",
  severity: "critical",
  member: "deployment",
  looks: "the status of the messenger deployment",
  story: {
    symptom: 'The messenger does not load, or the exchange answers 401 "Failed to identify user for token".',
    cause: "The deployment is switched off, in error, or not ready yet.",
    detection: "It must be Active. Pending passes within a minute or so.",
    source: "Genesys API models; retries of the vendor's Terraform provider.",
  },
  fix: {
    byCode:
      "npx pulumi up --refresh: it switches the deployment on and waits until Genesys reports it active.",
    byHand: "Admin, Messenger Deployments: set the deployment to Active and save.",
  },
  async look({ live, set }) {
    const { id } = memberOf(set, "deployment");
    const deployment = await live.deployment();
    if (deployment === undefined) return found("The deployment is gone.", { deployment: id });
    const { status } = deployment;
    const evidence = { deployment: id, status };
    return notWorking.includes(String(status))
      ? found(`The deployment is not active: ${status}.`, evidence)
      : ok(evidence);
  },
};
