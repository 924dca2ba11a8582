import type { CheckResult, Severity } from "../check.ts";
import type { Diagnosis } from "../diagnose.ts";

/**
 * `healthy`: nothing was found. `findings`: something was. `incomplete`: nothing was found, but not everything could be
 * looked at. `signInBroken`: everything was looked at and nothing found, and yet the sign-in does not work.
 */
export type Conclusion = "healthy" | "findings" | "signInBroken" | "incomplete";

export function conclusionOf(diagnosis: Diagnosis): Conclusion {
  const { findings, signIn } = diagnosis;
  if (findings.length > 0) return "findings";
  if (couldNotRun(diagnosis) || signIn?.tried === false) return "incomplete";
  return signIn?.ok === false ? "signInBroken" : "healthy";
}

function couldNotRun({ checks }: Diagnosis): boolean {
  return checks.some(({ error, severity }) => error !== undefined && severity !== "note");
}

const order: readonly Severity[] = ["critical", "warning", "note"];

/** The gravest first; of the same gravity in the order of their ids. */
export function bySeverity(findings: readonly CheckResult[]): CheckResult[] {
  return findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

/** The conclusion in a sentence or two. */
export function inWords(diagnosis: Diagnosis): string {
  const { findings, checks } = diagnosis;
  switch (conclusionOf(diagnosis)) {
    case "findings":
      return `${findings.length === 1 ? "1 cause" : `${findings.length} causes`} found: ${bySeverity(findings)
        .map(({ id }) => id)
        .join(", ")}.`;
    case "signInBroken":
      return "No known cause was found, and yet the sign-in does not work: something is wrong that no read shows. `npx amsg rebuild`, with the same --stack and visitor, replaces one member at a time until it works, and names the one at fault.";
    case "incomplete":
      return couldNotRun(diagnosis)
        ? "Nothing was found, but not everything could be looked at: see what is marked as an error."
        : "Nothing was found, but the sign-in did not get far enough to say anything about the set.";
    case "healthy":
      return `Nothing was found. ${checks.filter(({ status }) => status === "ok").length} checks are all right.`;
  }
}

/** How the sign-in went, in a sentence. */
export function signInInWords({ signIn }: Diagnosis): string {
  if (signIn === undefined) return "No sign-in was tried: give --user, --browser or --paste.";
  if (signIn.ok) return "The sign-in works, through Genesys and out again.";
  const { step, code, what } = signIn.failed ?? { step: "none", code: "unknown", what: "" };
  return `The sign-in ends in its step ${step} with ${code}: ${what}`;
}
