import type { Facts } from "../../check.ts";

/** What Salesforce says to a code that was never used and is redeemed at once, where it refuses it for itself alone. */
export async function refusedCode({ visit }: Facts) {
  const { failed, refusal } = (await visit?.direct()) ?? {};
  const { error, description: said = "" } = refusal ?? {};
  const isRefused = error === "invalid_grant" && /code/i.test(said) && !/verifier/i.test(said);
  return { failed, isRefused, evidence: { error, said } };
}
