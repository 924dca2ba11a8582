import { type CauseId, type Facts, found, type Outcome, ok } from "../../check.ts";
import { noCode } from "./noCode.ts";

/** Longer than any page needs from callback to exchange, in milliseconds. */
export const longMs = 60_000;

/**
 * A finding when a code that was never used was refused for no other reason than itself.
 *
 * @param isSo whether that is the cause in question, by the code's age in milliseconds
 */
export async function refusedCode(
  { visit }: Facts,
  isSo: (ageMs: number) => boolean,
  alternatives: readonly CauseId[] = [],
): Promise<Outcome> {
  const { failed, refusal, codeAgeMs = 0 } = (await visit?.direct()) ?? {};
  if (failed) return noCode(failed);
  const { error, description: said = "" } = refusal ?? {};
  const evidence = { "age of the code": `${codeAgeMs} ms`, error, said };
  const isRefused = error === "invalid_grant" && /code/i.test(said) && !/verifier/i.test(said);
  return isRefused && isSo(codeAgeMs)
    ? found("Salesforce refuses a code that was never used before.", evidence, { alternatives })
    : ok(evidence);
}
