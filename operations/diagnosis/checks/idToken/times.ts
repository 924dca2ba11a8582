import { type Check, type Facts, found, notRun, ok } from "../../check.ts";
import { withIdToken } from "./token.ts";

/** Clocks that are off by less are no reason; how much Genesys bears is not known. */
const toleranceSeconds = 60;

export const times: Check = {
  id: "A24",
  title: "Clocks and life of the ID token",
  severity: "critical",
  member: "ECA",
  looks: "the clocks of both vendors; with a visitor, iat and exp of the ID token of a fresh code",
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause: "A clock is wrong, or the ID token is over when it arrives.",
    detection:
      "The vendors' clocks, as their answers tell, must agree within a minute, and a fresh ID token must begin now and not be over by Salesforce's own clock.",
    source:
      "OpenID Connect Core 1.0, section 3.1.3.7; Salesforce's metadata documentation (idTokenValidityInMinutes).",
  },
  fix: {
    byCode: "Set idToken.validityInMinutes to 2 or more, npx pulumi up --refresh.",
    byHand:
      "External Client App Manager, OAuth settings, ID token: make it valid for 2 minutes or more. A vendor's wrong clock is a case for its support.",
  },
  async look(facts) {
    const apart = await secondsApart(facts);
    const evidence = { "clocks apart": apart === undefined ? "not seen" : `${apart} s` };
    if (Math.abs(apart ?? 0) > toleranceSeconds)
      return found("The clocks of Salesforce and Genesys do not agree.", evidence);
    if (facts.visit === undefined)
      return apart === undefined ? notRun("Not both vendors tell the time in their answers.") : ok(evidence);
    return withIdToken(facts, ({ claims: { iat = 0, exp = 0 } }, { answeredAt = new Date() }) => {
      const now = answeredAt.getTime() / 1_000;
      const shown = { ...evidence, issued: iso(iat), over: iso(exp), arrived: iso(now) };
      if (exp <= now || exp <= iat) return found("The ID token is over when it arrives.", shown);
      if (Math.abs(now - iat) > toleranceSeconds)
        return found("The ID token was not issued now, by its own account.", shown);
      return ok(shown);
    });
  },
};

/** Undefined when one of them does not tell the time. Both answers are from the same minute. */
async function secondsApart({ live }: Facts): Promise<number | undefined> {
  const runtime = live.runtimeConfig().catch(() => undefined);
  const [salesforce, genesys] = await Promise.all([live.discovery(), runtime]);
  if (salesforce.clockAheadMs === undefined || genesys?.clockAheadMs === undefined) return undefined;
  return Math.round((salesforce.clockAheadMs - genesys.clockAheadMs) / 1_000);
}

function iso(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
