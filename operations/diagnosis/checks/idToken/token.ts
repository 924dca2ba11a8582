import { type Facts, notRun, type Outcome } from "../../check.ts";
import type { IdToken, Redemption } from "../../visit.ts";

/** Looks at the ID token of a fresh code, or says why there is none. */
export async function withIdToken(
  { visit }: Facts,
  look: (idToken: IdToken, redemption: Redemption) => Outcome | Promise<Outcome>,
): Promise<Outcome> {
  const redemption = await visit?.direct();
  if (redemption?.idToken) return look(redemption.idToken, redemption);
  const { failed, refusal, unreadable } = redemption ?? {};
  if (failed)
    return notRun(`There is no ID token: the sign-in ended in its step ${failed.step}.`, {
      code: failed.code,
    });
  if (refusal)
    return notRun("There is no ID token: Salesforce refused the code.", {
      error: refusal.error,
      said: refusal.description,
    });
  return notRun(
    unreadable ? "The ID token cannot be read: that is A25." : "There is no ID token: that is A10.",
  );
}
