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
      throughGenesys
        ? "It was tried by two sign-ins. Sign-in 1: the code is redeemed at Salesforce directly, with the set's client id and " +
          "secret. Sign-in 2: the code is redeemed by Genesys, as for every visitor."
        : "A visitor began to sign in and got no code, so that there was nothing to redeem, neither directly nor by Genesys.",
      verdict.what,
      ...failureSentence("Sign-in 1", direct?.failed),
      ...failureSentence("Sign-in 2", throughGenesys?.failed),
    ];
  }
  if (!probes) return [];
  const no = probes.filter(({ answer }) => answer === "no").map(({ question }) => question);
  const said = no.length > 0 ? `Answered with no: ${no.join(" ")}` : "Nothing was answered with no.";
  return [
    "Nobody signed in. Instead, both vendors were asked what they recognise of the set, by requests with an authorization " +
      `code that cannot be valid. ${said}`,
    "For comparison, some requests name a deployment, a client or a secret on purpose that cannot exist: that these are " +
      "refused is as it should be.",
  ];
}

function failureSentence(signIn: string, failed: FailedStep | undefined): string[] {
  if (!failed) return [];
  const { step, code, what, evidence } = failed;
  const ids = ["status", "error", "contextId"].filter((name) => evidence[name] !== undefined);
  const shown = ids.map((name) => `, ${name} ${evidence[name]}`).join("");
  return [`${signIn} ended at the step ${step} with ${code}${shown}: ${what}`];
}

function diagnosisSentences({ checks }: Part<Diagnosis>): string[] {
  if (!checks) return [];
  const found = checks
    .filter(({ status }) => status === "finding")
    .map(({ id, title, what }) => `${id}, ${title}: ${what}`);
  // Without a visitor some never run, which is no failure; an error is.
  const failed = checks.filter(({ error }) => error !== undefined).map(({ id }) => id);
  return [
    found.length > 0
      ? `Known causes of a sign-in that fails which were found: ${found.join("; ")}`
      : "None of the known causes of a sign-in that fails was found.",
    ...(failed.length > 0 ? [`Causes that could not be looked for: ${failed.join(", ")}.`] : []),
  ];
}

function comparisonSentences({ differences }: Part<Comparison>): string[] {
  if (!differences) return [];
  if (differences.length === 0) return ["All settings are as the program that made the set recorded them."];
  const names = differences.map(({ member, property }) => `${member} ${property}`);
  return [`Settings that are not as the program that made the set recorded them: ${names.join("; ")}.`];
}
