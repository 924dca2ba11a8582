import { type Check, ok } from "../../check.ts";

export const identityResolution: Check = {
  id: "A27",
  title: "Visitors among the external contacts",
  severity: "note",
  member: "deployment",
  looks: "the deployment's identity resolution",
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause:
      "Advice from a forum: Genesys looks the sub up among its external contacts, and Salesforce's sub is a URL. The affected team disputes it, and no source confirms it.",
    detection: "It is shown and never a finding: if it were the cause, no read would show it.",
    source: "A public discussion of October and November 2025; disputed.",
  },
  fix: {
    byCode: "Nothing is known to do.",
    byHand:
      "Ask Genesys support, with the contextId of a failed exchange, whether identity resolution takes part.",
  },
  async look({ live }) {
    const { resolveIdentities, externalSource } = await live.identityResolution();
    return ok({ resolveIdentities, externalSource: externalSource?.id });
  },
};
