import { styleText } from "node:util";
import type { Comparison, Difference, ExpectedDifference } from "../operations/comparison/comparison.ts";
import { table } from "./table.ts";
import { labelled, wrapped } from "./wrap.ts";

/** The longest part of a value that is shown; JSON has all of it. */
const longest = 120;

/** A comparison for people: each difference with both values and why it may matter. */
export function comparisonAsText(comparison: Comparison, all: boolean): string {
  const { left, right, differences, expected } = comparison;
  const blocks = differences.map((difference) => block(comparison, difference));
  const folded = all && expected.length > 0 ? [`Expected:\n${expectedTable(comparison)}`] : [];
  const head = `${left.name} against ${right.name}: ${summary(comparison, all)}`;
  return [wrapped(head), ...blocks, ...folded, ...explanation(differences)].join("\n\n");
}

/** Where the stories of the causes are told. */
function explanation(differences: readonly Difference[]): string[] {
  const causes = [...new Set(differences.flatMap(({ cause }) => cause ?? []))];
  return causes.length > 0
    ? [`What ${causes.join(", ")} means: npx amsg diagnose --explain ${causes[0]}`]
    : [];
}

function summary({ differences, expected, same }: Comparison, all: boolean): string {
  const found = differences.length === 0 ? "no difference" : counted(differences.length, "difference");
  const hidden = all || expected.length === 0 ? "" : " (--all shows them)";
  return `${found}, ${expected.length} expected${hidden}, ${counted(same, "setting")} the same.`;
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function block({ left, right }: Comparison, { member, property, cause, why, ...values }: Difference): string {
  const width = Math.max(left.name.length, right.name.length, "why".length);
  const label = (name: string) => `  ${name.padEnd(width)}  `;
  const [ofLeft, ofRight] = shortened(values.left, values.right);
  const title = styleText("bold", `${member}  ${property}`);
  return [
    cause ? `${title}  ${styleText("yellow", cause)}` : title,
    labelled(label(left.name), styleText("green", ofLeft)),
    labelled(label(right.name), styleText("red", ofRight)),
    labelled(label("why"), why),
  ].join("\n");
}

function expectedTable({ left, right, expected }: Comparison): string {
  const rows = expected.map(({ member, property, because, ...values }: ExpectedDifference) => {
    const [ofLeft, ofRight] = shortened(values.left, values.right);
    return [member, property, ofLeft, ofRight, because];
  });
  return table(["MEMBER", "PROPERTY", left.name, right.name, "BECAUSE"], rows);
}

/** Long values from a little before where they part. */
function shortened(left = "none", right = "none"): [string, string] {
  const [a, b] = [oneLine(left), oneLine(right)];
  if (a.length <= longest && b.length <= longest) return [a, b];
  let common = 0;
  while (common < a.length && a[common] === b[common]) common += 1;
  const begin = Math.max(0, common - 30);
  const cut = (text: string) =>
    `${begin > 0 ? "..." : ""}${text.slice(begin, begin + longest)}${text.length > begin + longest ? "..." : ""}`;
  return [cut(a), cut(b)];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
