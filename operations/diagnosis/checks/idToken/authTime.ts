import { type Check, found, notRun, ok } from "../../check.ts";
import { withIdToken } from "./token.ts";

export const authTime: Check = {
  id: "A12",
  title: "Age of the log-in (max_age)",
  severity: "critical",
  member: "ECA",
  looks: "auth_time in the ID token of a fresh code that was asked for with max_age",
  needsVisitor: true,
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause:
      "The page sends max_age and does not pass it on to Genesys, or the other way round; or the ID token does not say when the visitor logged in.",
    detection:
      "The page contract uses no max_age, so there is nothing to be wrong. For a page that does, say so by --max-age: then a fresh ID token must carry auth_time.",
    source: "Genesys SDK documentation (oauth.maxAge exactly when used); OpenID Connect Core 1.0, section 2.",
  },
  fix: {
    byCode:
      "Leave max_age out of the page's authorize request and of the exchange, as the page contract does.",
    byHand:
      "Compare max_age in the authorize request with oauth.maxAge in the exchange in the browser's developer tools.",
  },
  async look(facts) {
    const { maxAge } = facts;
    if (maxAge === undefined)
      return notRun("The page contract uses no max_age; a page that does is checked with --max-age.");
    return withIdToken(facts, ({ claims }) => {
      const said = claims.auth_time === undefined ? "none" : String(claims.auth_time);
      const evidence = { max_age: maxAge, auth_time: said };
      return claims.auth_time === undefined
        ? found("The ID token does not say when the visitor logged in.", evidence)
        : ok(evidence);
    });
  },
};
