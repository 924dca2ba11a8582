import { styleText } from "node:util";
import type { Check, CheckResult } from "../operations/diagnosis/check.ts";
import type { Diagnosis } from "../operations/diagnosis/diagnose.ts";
import { chainOf, type Link } from "../operations/diagnosis/report/chain.ts";
import { bySeverity, inWords, signInInWords } from "../operations/diagnosis/report/conclusion.ts";
import { resultOf } from "../operations/diagnosis/report/result.ts";
import type { OpenedSet } from "../operations/stack/messagingSet.ts";
import { table } from "./table.ts";
import { labelled, wrapped } from "./wrap.ts";

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
    ...reasonsAsText(diagnosis.checks),
    ...bySeverity(diagnosis.findings).map(findingAsText),
    wrapped(signInInWords(diagnosis), inWords(diagnosis)),
  ];
  return parts.join("\n\n");
}

const marks = { ok: "✓", broken: "✗", worse: "!", unknown: "?", unseen: "·" } as const;
const colours = { ok: "green", broken: "red", worse: "yellow", unknown: "yellow", unseen: "dim" } as const;

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
  const rows = checks.map((check) => [check.id, words[resultOf(check)], check.member, check.title]);
  return table(["CHECK", "RESULT", "MEMBER", "TITLE"], rows, (row, index) => colouredBy(checks[index], row));
}

const words = { found: "FOUND", ok: "ok", error: "error", "not run": "not run" } as const;

/** Why checks could not run, each reason once. */
function reasonsAsText(checks: readonly CheckResult[]): string[] {
  const notRun = checks.filter(({ status }) => status === "notRun");
  if (notRun.length === 0) return [];
  const reasons = Map.groupBy(notRun, ({ error, what = "" }) => (error ? `${error.code}: ${what}` : what));
  const lines = [...reasons].flatMap(([reason, unable]) => {
    const next = unable[0]?.error?.next;
    return [
      labelled("  ", `${unable.map(({ id }) => id).join(", ")}: ${reason}`),
      ...(next ? [labelled("    next: ", next)] : []),
    ];
  });
  return [["Not run:", ...lines].join("\n")];
}

function colouredBy(check: CheckResult | undefined, line: string): string {
  if (check?.status === "finding") return coloured(check.severity === "critical" ? "red" : "yellow", line);
  return check?.error ? coloured("yellow", line) : line;
}

function findingAsText(finding: CheckResult): string {
  const { id, title, severity, member, what = "", evidence, alternatives, fixByCode, fixByHand } = finding;
  const facts = Object.entries(evidence).map(([name, value]) => labelled(`    ${name}: `, String(value)));
  return [
    coloured("bold", `${id} ${title} (${severity}, ${member})`),
    labelled("  ", what),
    ...(alternatives
      ? [labelled("  ", `It may also be ${alternatives.join(" or ")}: they look the same.`)]
      : []),
    ...facts,
    labelled("  by code: ", fixByCode),
    labelled("  by hand: ", fixByHand),
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
  const width = Math.max(...rows.map(([name = ""]) => name.length)) + 2;
  return [
    coloured("bold", `${id} ${title} (${severity}, ${member})`),
    "",
    ...rows.map(([name = "", text = ""]) => labelled(name.padEnd(width), text)),
  ].join("\n");
}
