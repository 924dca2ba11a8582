import { styleText } from "node:util";
import type { Check, CheckResult } from "../operations/diagnosis/check.ts";
import type { Diagnosis } from "../operations/diagnosis/diagnose.ts";
import { chainOf, type Link } from "../operations/diagnosis/report/chain.ts";
import { inWords, signInInWords } from "../operations/diagnosis/report/conclusion.ts";
import type { OpenedSet } from "../operations/stack/messagingSet.ts";
import { table } from "./table.ts";

type Colour = Parameters<typeof styleText>[0];

/** Colours on a terminal alone, and none with NO_COLOR. */
const coloured = (colour: Colour, text: string) => styleText(colour, text, { stream: process.stdout });

/** A diagnosis for people. */
export function diagnosisAsText(opened: OpenedSet, diagnosis: Diagnosis): string {
  const { project, stack, name } = opened.set;
  const parts = [
    `Set ${name} of ${project}/${stack}`,
    chainAsText(chainOf(opened, diagnosis.checks)),
    checksAsText(diagnosis.checks),
    ...diagnosis.findings.map(findingAsText),
    `${signInInWords(diagnosis)}\n${inWords(diagnosis)}`,
  ];
  return parts.join("\n\n");
}

const marks = { ok: "✓", broken: "✗", unknown: "?" } as const;
const colours = { ok: "green", broken: "red", unknown: "yellow" } as const;

/** The members below each other, as a sign-in goes through them, with the broken ones marked. */
function chainAsText(chain: readonly Link[]): string {
  const wide = Math.max(...chain.map(({ title }) => title.length));
  const lines = chain.map(({ title, name, state, findings }) => {
    const causes = findings.map(({ id }) => id).join(" ");
    const line = `${marks[state]} ${title.padEnd(wide)}  ${name}${causes ? `   ${causes}` : ""}`;
    return coloured(colours[state], `  ${line}`);
  });
  return lines.join("\n  │\n");
}

function checksAsText(checks: readonly CheckResult[]): string {
  const rows = checks.map((check) => [
    check.id,
    statusOf(check),
    check.member,
    check.title,
    check.status === "ok" ? "" : (check.error?.code ?? check.what ?? ""),
  ]);
  const [head = "", ...lines] = table(["CHECK", "RESULT", "MEMBER", "TITLE", "WHAT"], rows).split("\n");
  return [head, ...lines.map((line, index) => colouredBy(checks[index], line))].join("\n");
}

function colouredBy(check: CheckResult | undefined, line: string): string {
  if (check?.status === "finding") return coloured(check.severity === "critical" ? "red" : "yellow", line);
  return check?.error ? coloured("yellow", line) : line;
}

function statusOf({ status, error }: CheckResult): string {
  if (status === "finding") return "FOUND";
  if (status === "ok") return "ok";
  return error ? "error" : "not run";
}

function findingAsText(finding: CheckResult): string {
  const { id, title, severity, member, what = "", evidence, alternatives, fixByCode, fixByHand } = finding;
  const facts = Object.entries(evidence).map(([name, value]) => `    ${name}: ${value}`);
  return [
    coloured("bold", `${id} ${title} (${severity}, ${member})`),
    `  ${what}`,
    ...(alternatives ? [`  It may also be ${alternatives.join(" or ")}: they look the same.`] : []),
    ...facts,
    `  by code: ${fixByCode}`,
    `  by hand: ${fixByHand}`,
  ].join("\n");
}

/** The whole story of a cause. */
export function storyAsText({
  id,
  title,
  severity,
  member,
  looks,
  story,
  fix,
  follows,
  needsVisitor,
}: Check): string {
  const rows = [
    ["symptom", story.symptom],
    ["cause", story.cause],
    ["looked at", `${looks}${needsVisitor ? " (needs a visitor)" : ""}`],
    ["detection", story.detection],
    ...(follows ? [["follows from", follows.join(", ")]] : []),
    ["fix by code", fix.byCode],
    ["fix by hand", fix.byHand],
    ["source", story.source],
  ];
  return [
    coloured("bold", `${id} ${title} (${severity}, ${member})`),
    "",
    table(["", ""], rows).trimStart(),
  ].join("\n");
}
