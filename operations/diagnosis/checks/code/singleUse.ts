import { type Check, found, ok } from "../../check.ts";
import { noCode } from "./noCode.ts";
import { refusedCode } from "./refusedCode.ts";

export const singleUse: Check = {
  id: "A15",
  title: "Code used once",
  severity: "critical",
  member: "ECA",
  looks: "whether Salesforce takes a fresh code that was never used",
  needsVisitor: true,
  story: {
    symptom:
      'The exchange answers 401 "Failed to identify user for token"; at Salesforce itself it is invalid_grant.',
    cause:
      "The code was redeemed before: the page was reloaded, or its plug-in asks for the code more than once.",
    detection:
      "A fresh code is redeemed once, at Salesforce itself. If even that is refused, somebody uses codes before, or they are over at once (A16): Salesforce has one answer for both. A page that sends a code twice is seen in the browser only.",
    source: "RFC 6749, section 4.1.2; reports about getAuthCode being called repeatedly.",
  },
  fix: {
    byCode:
      "Have the page get a new code for every exchange, and take the code out of the address once it is read.",
    byHand: "In the browser's developer tools see that one code is sent once.",
  },
  async look(facts) {
    const { failed, isRefused, evidence } = await refusedCode(facts);
    if (failed) return noCode(failed);
    return isRefused
      ? found("Salesforce refuses a code that was never used before.", evidence, { alternatives: ["A16"] })
      : ok(evidence);
  },
};
