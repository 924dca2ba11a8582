import { type Check, found, ok } from "../../check.ts";
import { withIdToken } from "./token.ts";

export const nonce: Check = {
  id: "A11",
  title: "Nonce",
  severity: "critical",
  member: "ECA",
  looks: "the nonce that was sent, and the one in the ID token of a fresh code",
  needsVisitor: true,
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause:
      "The page sends a nonce and does not pass it on to Genesys, or the other way round; or the ID token lacks it.",
    detection:
      "A fresh ID token must carry the nonce that was sent. Whether the page passes it on is seen in the browser only.",
    source:
      "Genesys SDK documentation (oauth.nonce exactly when used); OpenID Connect Core 1.0, section 3.1.3.7.",
  },
  fix: {
    byCode: "Have the page pass on the nonce that it sent, exactly when it sent one.",
    byHand:
      "Compare nonce in the authorize request with oauth.nonce in the exchange in the browser's developer tools.",
  },
  look: (facts) =>
    withIdToken(facts, ({ claims }, { nonce: sent }) => {
      if (claims.nonce === sent) return ok({ nonce: "as sent" });
      return claims.nonce === undefined
        ? found("The ID token lacks the nonce that was sent.", { nonce: "none" })
        : found("The ID token has another nonce than was sent.", { nonce: "another" });
    }),
};
