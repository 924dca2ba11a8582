import type { Check } from "../../check.ts";
import { longMs, refusedCode } from "./refusedCode.ts";

export const codeAge: Check = {
  id: "A16",
  title: "Age of the code",
  severity: "critical",
  member: "page",
  looks: "the time from the callback to the token request, and whether Salesforce takes the code",
  needsVisitor: true,
  story: {
    symptom:
      'The exchange answers 401 "Failed to identify user for token"; at Salesforce itself it is invalid_grant.',
    cause: "The code was over before it was redeemed: the page waits too long.",
    detection:
      "A code that is refused after more than a minute counts as too old. One that is refused at once is A15 or this: Salesforce has one answer for both. How long the page waits is seen in the browser only.",
    source: "RFC 6749, section 4.1.2; the lifetime at Salesforce is not documented for certain.",
  },
  fix: {
    byCode: "Have the page exchange the code at once.",
    byHand: "In the browser's developer tools compare the time of the callback with that of the exchange.",
  },
  look: (facts) => refusedCode(facts, (ageMs) => ageMs > longMs),
};
