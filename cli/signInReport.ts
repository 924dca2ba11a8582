import { styleText } from "node:util";
import { checks } from "../operations/diagnosis/checks/index.ts";
import type { FailedStep, SignInVerdict } from "../operations/signIn/check.ts";
import type { Differential, Side } from "../operations/signIn/differential.ts";
import type { NegativeVerdict, Probe } from "../operations/signIn/negative.ts";
import type { Attempt, PatientVerdict } from "../operations/signIn/patientSignIn.ts";
import type { SignInStep } from "../operations/signIn/steps.ts";
import type { MessagingSet } from "../operations/stack/messagingSet.ts";
import { CodedError, type Evidence } from "../providers/errors.ts";
import type { Answer } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { table } from "./table.ts";
import { labelled, terminalWidth, wrapped, wrappedError } from "./wrap.ts";

type Colour = "green" | "red" | "yellow" | "dim";

const sides: Readonly<Record<Side, string>> = { direct: "Salesforce", throughGenesys: "Genesys" };

/** One step as it happens, for standard error. */
export function stepLine({ name, ok, milliseconds, evidence, code }: SignInStep, side?: Side): string {
  const of = side === undefined ? "" : `${sides[side].padEnd(10)} `;
  const took = `${milliseconds} ms`.padStart(8);
  const mark = ok ? onError("green", "✔") : onError("red", "✖");
  const label = `${mark} ${of}${name.padEnd(10)}  ${onError("dim", took)}  `;
  return labelledOnError(label, [code ?? "", shown(evidence)]);
}

/** What comes between two attempts. */
export function attemptLines({ number, afterMs, nextInMs }: Attempt): string[] {
  if (nextInMs === undefined) return [];
  return [
    `Attempt ${number} failed, ${inSeconds(afterMs)} after the first began. Again in ${inSeconds(nextInMs)}.`,
  ];
}

/** One answer as it comes, for standard error. */
export function probeLine({ question, answer, evidence, code }: Probe): string {
  const colour = { yes: "green", no: "red", cannotTell: "yellow" } as const;
  const label = `${onError(colour[answer], words[answer].padEnd(11))}  `;
  return labelledOnError(label, [question, code ?? "", onError("dim", shown(evidence))]);
}

function labelledOnError(label: string, parts: readonly string[]): string {
  const text = parts.filter((part) => part !== "").join("  ");
  return labelled(label, text, terminalWidth(process.stderr)).trimEnd();
}

const words = { yes: "yes", no: "no", cannotTell: "cannot tell" } as const;

export function signInAnswer(set: MessagingSet, verdict: PatientVerdict): Answer {
  return {
    result: { ...named(set), signIn: verdict, ...errorOf(verdict) },
    text: `\n${signInText(verdict)}`,
    exitCode: exitCodeOf(verdict),
  };
}

function signInText({ ok, tried, subject, steps, failed, attempts, tookMs }: PatientVerdict): string {
  const repeated = attempts > 1 ? `, at attempt ${attempts}` : "";
  if (ok) {
    const who = subject ?? "a visitor";
    const head = styleText(["green", "bold"], "Sign-in works");
    return wrapped(
      `${head}: ${who} was signed in through ${steps.length} steps in ${inSeconds(tookMs)}${repeated}, and out again.`,
    );
  }
  if (failed === undefined) throw new Error("A sign-in that does not work has a step that failed.");
  const head = tried
    ? styleText(["red", "bold"], `Sign-in is broken: it fails at the step ${failed.step}${repeated}.`)
    : styleText(
        ["yellow", "bold"],
        `The sign-in could not be tried${repeated}: this says nothing about the set.`,
      );
  return [wrapped(head), whole(failed)].join("\n\n");
}

export function differentialAnswer(set: MessagingSet, differential: Differential): Answer {
  const { direct, throughGenesys, verdict } = differential;
  const failed = throughGenesys?.failed ?? direct.failed;
  return {
    result: { ...named(set), differential, ...errorOf({ tried: verdict.tried, failed }) },
    text: `\n${differentialText(differential)}`,
    exitCode: exitCodeOf(verdict),
  };
}

function differentialText({ direct, throughGenesys, verdict }: Differential): string {
  const rows = [
    ["redeemed at Salesforce", ...outcome(direct)],
    ["redeemed by Genesys", ...outcome(throughGenesys)],
  ];
  const colour = verdict.ok ? "green" : verdict.tried ? "red" : "yellow";
  const lines = [
    table(["CODE", "SIGN-IN", "FAILED AT", "ERROR"], rows),
    "",
    styleText([colour, "bold"], wrapped(verdict.what)),
  ];
  lines.push(...causeLines(verdict.causes));
  if (verdict.members.length > 0) lines.push(labelled("  look at: ", verdict.members.join(", then ")));
  lines.push(labelled("  next: ", verdict.next));
  for (const failed of [direct.failed, throughGenesys?.failed]) if (failed) lines.push("", whole(failed));
  return lines.join("\n");
}

/** Causes by their titles, and where their stories are told. */
function causeLines(causes: readonly string[]): string[] {
  if (causes.length === 0) return [];
  const titles = causes.map((cause) => [cause, checks.find(({ id }) => id === cause)?.title ?? ""] as const);
  return [
    "  causes that fit:",
    ...titles.map(([cause, title]) => labelled(`    ${cause.padEnd(4)} `, title)),
    `  what a cause means: npx amsg diagnose --explain ${causes[0]}`,
  ];
}

function outcome(verdict: SignInVerdict | undefined): string[] {
  if (verdict === undefined) return ["not tried", "", ""];
  const { ok, failed } = verdict;
  return ok ? ["works", "", ""] : ["fails", failed?.step ?? "", failed?.code ?? ""];
}

export function negativeAnswer(set: MessagingSet, negative: NegativeVerdict): Answer {
  const unanswered = negative.probes.find(
    ({ code, answer }) => code !== undefined && answer === "cannotTell",
  );
  const error = unanswered && {
    code: unanswered.code,
    what: `There was no answer to: ${unanswered.question}`,
    evidence: unanswered.evidence,
    next: "Try again in a few minutes; then see docs/errors.md for the code.",
  };
  return {
    result: { ...named(set), negative, ...(!negative.tried && { error }) },
    text: `\n${negativeText(negative)}`,
    exitCode: exitCodeOf(negative),
  };
}

function negativeText({ ok, tried, probes }: NegativeVerdict): string {
  const answers = probes.map(({ question, answer, evidence, code }) => {
    const label = words[answer].padEnd(words.cannotTell.length + 2);
    return labelled(label, `${question} (${code ?? evidence.said ?? "no answer"})`);
  });
  const head = !ok
    ? styleText(["red", "bold"], "The set cannot work: something of it is not recognised.")
    : tried
      ? styleText(["green", "bold"], "All that can be asked without a user is recognised.")
      : styleText(["yellow", "bold"], "Not everything could be asked: there was no answer.");
  const limits =
    "Not told by this: whether Genesys holds the same secret, and all that its one answer to the exchange hides. " +
    "A sign-in tells: npx amsg sign-in --differential";
  return [...answers, "", wrapped(head, limits)].join("\n");
}

function exitCodeOf({ ok, tried }: { ok: boolean; tried: boolean }): number {
  if (!tried) return exitCodes.error;
  return ok ? exitCodes.ok : exitCodes.signInBroken;
}

function named({ stack, name }: MessagingSet) {
  return { stack, set: name };
}

/** What could not be tried is an error for programs, like any. */
function errorOf({ tried, failed }: { tried: boolean; failed?: FailedStep | undefined }) {
  if (tried || failed === undefined) return {};
  const { code, what, evidence, next } = failed;
  return { error: { code, what, evidence, next } };
}

function whole(failed: FailedStep): string {
  return wrappedError(new CodedError(failed).message, terminalWidth());
}

function shown(evidence: Evidence): string {
  return Object.entries(evidence)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}

function onError(colour: Colour, text: string): string {
  return styleText(colour, text, { stream: process.stderr });
}
