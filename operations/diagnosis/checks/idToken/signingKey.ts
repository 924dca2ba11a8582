import type { JSONWebKeySet } from "jose";
import { type Check, found, ok } from "../../check.ts";
import { withIdToken } from "./token.ts";

export const signingKey: Check = {
  id: "A9",
  title: "Key that signs ID tokens",
  severity: "critical",
  member: "ECA",
  looks: "the ID token of a fresh code, and the keys that Salesforce publishes",
  needsVisitor: true,
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token", perhaps now and then.',
    cause:
      "The key that signs ID tokens is not among the published ones: a rotation is under way, or an old list is kept somewhere.",
    detection:
      "The key id of the ID token must be among the published keys, and one of them must have signed it. A list that Genesys keeps itself is not seen.",
    source: "OpenID Connect Core 1.0, section 10.1.",
  },
  fix: {
    byCode: "Try again later. If it stays, replace the integration, so that Genesys reads the keys anew.",
    byHand: "Try again later; then switch the integration off and on.",
  },
  follows: ["A25"],
  look: (facts) =>
    withIdToken(facts, async ({ header, isSignedBy }) => {
      const keys = ((await facts.live.keys()).body?.keys ?? []) as JSONWebKeySet["keys"];
      const published = keys.map(({ kid }) => String(kid));
      const evidence = { "ID token": String(header.kid), published: published.join(" ") };
      if (!published.includes(String(header.kid)))
        return found("The key that signed the ID token is not published.", evidence);
      return (await isSignedBy({ keys }))
        ? ok(evidence)
        : found("No published key signed the ID token.", evidence);
    }),
};
