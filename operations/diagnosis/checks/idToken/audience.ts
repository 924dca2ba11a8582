import { type Check, found, ok } from "../../check.ts";
import { withIdToken } from "./token.ts";

export const audience: Check = {
  id: "A23",
  title: "Audience of the ID token",
  severity: "critical",
  member: "ECA",
  looks: "aud in the ID token of a fresh code",
  needsVisitor: true,
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause: "The ID token is meant for another audience than the client, by a custom audience of the app.",
    detection: "The client id must be among the audiences of a fresh ID token.",
    source:
      "OpenID Connect Core 1.0, section 3.1.3.7; Salesforce's metadata documentation (idTokenAudience).",
  },
  fix: {
    byCode: "Take idToken.audience out of the program, npx pulumi up --refresh.",
    byHand: "External Client App Manager, OAuth settings, ID token: remove the custom audiences.",
  },
  look: (facts) =>
    withIdToken(facts, ({ claims: { aud = [] } }) => {
      const { clientId } = facts.contract;
      const audiences = [aud].flat();
      const evidence = { aud: audiences.join(" ") || "none", "client id": clientId };
      return audiences.includes(clientId)
        ? ok(evidence)
        : found("The client id is not among the audiences of the ID token.", evidence);
    }),
};
