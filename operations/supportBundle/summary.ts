import type { Comparison } from "../comparison/comparison.ts";
import type { Diagnosis } from "../diagnosis/diagnose.ts";
import type { FailedStep } from "../signIn/check.ts";
import type { Differential } from "../signIn/differential.ts";
import type { NegativeVerdict } from "../signIn/negative.ts";
import type { BundleFile } from "./bundle.ts";

/** What was made for a part, or the error that stands in its place. */
type Part<T> = Partial<T> & { error?: { code: string; what: string } };

/** What the files say, for whoever opens the case: one sentence each. */
export function summaryOf(files: readonly BundleFile[]): string[] {
  const part = <T>(name: string) => (files.find((file) => file.name === name)?.content ?? {}) as Part<T>;
  const failures = files.flatMap(({ name }) => {
    const { error } = part(name);
    return error ? [`${name} could not be made: ${error.code}. ${error.what}`] : [];
  });
  return [
    ...signInSentences(part<Differential & NegativeVerdict>("sign-in.json")),
    ...diagnosisSentences(part<Diagnosis>("diagnosis.json")),
    ...comparisonSentences(part<Comparison>("comparison.json")),
    ...failures,
  ];
}

function signInSentences(signIn: Part<Differential & NegativeVerdict>): string[] {
  const { verdict, direct, throughGenesys, probes } = signIn;
  if (verdict) {
    return [
      verdict.what,
      ...failureSentence("at Salesforce", direct?.failed),
      ...failureSentence("through Genesys", throughGenesys?.failed),
    ];
  }
  if (!probes) return [];
  const no = probes.filter(({ answer }) => answer === "no").map(({ question }) => question);
  const said = no.length > 0 ? `answered with no: ${no.join(" ")}` : "nothing was answered with no.";
  return [
    `Nobody signed in. Asked with a code that is none, ${said}`,
    "For comparison, some requests name a deployment or a client on purpose that cannot exist.",
  ];
}

function failureSentence(side: string, failed: FailedStep | undefined): string[] {
  if (!failed) return [];
  const { step, code, what, evidence } = failed;
  const ids = ["status", "error", "contextId"].filter((name) => evidence[name] !== undefined);
  const shown = ids.map((name) => `, ${name} ${evidence[name]}`).join("");
  return [`The sign-in ${side} ended at the step ${step} with ${code}${shown}: ${what}`];
}

function diagnosisSentences({ checks }: Part<Diagnosis>): string[] {
  if (!checks) return [];
  const found = checks.filter(({ status }) => status === "finding").map(({ id, title }) => `${id} ${title}`);
  // Without a visitor some never run, which is no failure; an error is.
  const failed = checks.filter(({ error }) => error !== undefined).map(({ id }) => id);
  return [
    found.length > 0 ? `Found: ${found.join("; ")}.` : "None of the known causes was found.",
    ...(failed.length > 0 ? [`Could not be looked at: ${failed.join(", ")}.`] : []),
  ];
}

function comparisonSentences({ differences }: Part<Comparison>): string[] {
  if (!differences) return [];
  if (differences.length === 0) return ["All settings are as the program recorded them."];
  const names = differences.map(({ member, property }) => `${member} ${property}`);
  return [`Other than the program recorded: ${names.join("; ")}.`];
}
