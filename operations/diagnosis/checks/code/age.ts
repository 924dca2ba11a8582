import { type Check, notRun, ok } from "../../check.ts";
import { noCode } from "./noCode.ts";
import { refusedCode } from "./refusedCode.ts";

export const codeAge: Check = {
  id: "A16",
  title: "Age of the code",
  severity: "critical",
  member: "page",
  looks: "whether Salesforce takes a code that is redeemed at once",
  needsVisitor: true,
  story: {
    symptom:
      'The exchange answers 401 "Failed to identify user for token"; at Salesforce itself it is invalid_grant.',
    cause: "The code was over before it was redeemed: the page waits too long.",
    detection:
      "Named beside A15: a code that is refused though it is redeemed at once is one of the two, and Salesforce has one answer for both. How long the page waits is seen in the browser only.",
    source: "RFC 6749, section 4.1.2; the lifetime at Salesforce is not documented for certain.",
  },
  fix: {
    byCode: "Have the page exchange the code at once.",
    byHand: "In the browser's developer tools compare the time of the callback with that of the exchange.",
  },
  async look(facts) {
    const { failed, isRefused, evidence } = await refusedCode(facts);
    if (failed) return noCode(failed);
    return isRefused ? notRun("It cannot be told from A15, which is named with it.", evidence) : ok(evidence);
  },
};
