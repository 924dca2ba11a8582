import { type Check, found, ok } from "../../check.ts";
import { withIdToken } from "./token.ts";

export const subject: Check = {
  id: "A26",
  title: "Subject of the ID token",
  severity: "critical",
  member: "ECA",
  looks: "sub in the ID token of a fresh code",
  needsVisitor: true,
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause:
      "The ID token does not say who logged in, or in a form that Genesys does not take. At Salesforce the sub is a URL; a limit of its length is not known.",
    detection:
      "A fresh ID token must have a sub. Its length and shape are shown, to be compared with an environment that works.",
    source: "OpenID Connect Core 1.0, section 2; Salesforce's documentation of ID tokens.",
  },
  fix: {
    byCode: "Nothing: Salesforce decides the sub.",
    byHand:
      "Compare length and shape with those of an environment that works; then ask the vendors' support.",
  },
  look: (facts) =>
    withIdToken(facts, ({ claims: { sub } }) => {
      if (!sub) return found("The ID token does not say who logged in.", { sub: "none" });
      return ok({ length: sub.length, shape: URL.canParse(sub) ? `URL at ${new URL(sub).host}` : "no URL" });
    }),
};
