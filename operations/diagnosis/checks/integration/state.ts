import { memberOf } from "../../../stack/messagingSet.ts";
import { type Check, found, notRun, ok } from "../../check.ts";

/** Others than these are a new release's, and no reason for a finding. */
const notWorking = ["INACTIVE", "DEACTIVATING", "ACTIVATING", "ERROR"];

export const integrationState: Check = {
  id: "A5",
  title: "State of the integration",
  severity: "critical",
  member: "integration",
  looks: "the intended and the reported state of the integration",
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause: "The integration is switched off, which is how Genesys makes new ones, or it is in error.",
    detection: "It must be intended ENABLED and reported ACTIVE.",
    source: "Genesys API models; the vendor's blueprint; default of the vendor's Terraform provider.",
  },
  fix: {
    byCode:
      "npx pulumi up --refresh: it switches the integration on and waits until Genesys reports it active.",
    byHand:
      "Admin, Integrations: switch the integration on. If it is in error, check its properties and credential, then switch it off and on.",
  },
  async look({ live, set }) {
    const { id } = memberOf(set, "integration");
    const documents = await live.integration();
    if (documents === undefined) return found("The integration is gone.", { integration: id });
    const { intendedState, reportedState } = documents.integration;
    const reported = reportedState?.code;
    const says = reportedState?.detail?.message;
    const evidence = { integration: id, intended: intendedState, reported, says };
    if (["DISABLED", "DELETED"].includes(String(intendedState)))
      return found("The integration is switched off.", evidence);
    // Without its credential it cannot work.
    if (reported === "ERROR" && (await live.credential()) === undefined)
      return notRun("The credential is gone: that is A1.", evidence);
    if (notWorking.includes(String(reported)))
      return found("The integration is switched on, but does not work.", evidence);
    return ok(evidence);
  },
};
