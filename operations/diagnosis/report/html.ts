import { readFileSync } from "node:fs";
import type { OpenedSet } from "../../stack/messagingSet.ts";
import type { CheckResult } from "../check.ts";
import type { Diagnosis } from "../diagnose.ts";
import { chainOf, type Link } from "./chain.ts";
import { conclusionOf, inWords, signInInWords } from "./conclusion.ts";

/** A page that needs nothing else: no script, no picture, no request. */
export function htmlReport({ set }: Pick<OpenedSet, "set">, diagnosis: Diagnosis, at: Date): string {
  const title = `Diagnosis of ${set.name} in ${set.project}/${set.stack}`;
  const style = readFileSync(new URL("report.css", import.meta.url), "utf8");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>
${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p><time datetime="${at.toISOString()}">${at.toISOString()}</time></p>
<p class="conclusion ${conclusionOf(diagnosis)}">${escaped(inWords(diagnosis))}</p>
<p>${escaped(signInInWords(diagnosis))}</p>
<h2>The way of a sign-in</h2>
<ol class="chain">
${chainOf({ set }, diagnosis.checks).map(link).join("\n")}
</ol>
${diagnosis.findings.length > 0 ? `<h2>What was found</h2>\n${diagnosis.findings.map(finding).join("\n")}` : ""}
<h2>All checks</h2>
<div class="scroll" role="region" aria-label="All checks" tabindex="0">
<table>
<thead><tr><th scope="col">Check</th><th scope="col">Result</th><th scope="col">Member</th><th scope="col">What was looked at</th></tr></thead>
<tbody>
${diagnosis.checks.map(row).join("\n")}
</tbody>
</table>
</div>
</main>
</body>
</html>
`;
}

const marks: Readonly<Record<Link["state"], string>> = {
  ok: "✓ all right",
  broken: "✗ broken",
  unknown: "? not known",
};

function link({ title, name, state, findings }: Link): string {
  const causes = findings
    .map(({ id, what = "" }) => `<br><a href="#${id}">${id}</a> ${escaped(what)}`)
    .join("");
  return `<li class="${state}"><strong>${escaped(title)}</strong> <code>${escaped(name)}</code> <span class="mark">${marks[state]}</span>${causes}</li>`;
}

function finding({
  id,
  title,
  severity,
  member,
  what = "",
  evidence,
  alternatives,
  fixByCode,
  fixByHand,
}: CheckResult): string {
  const facts = Object.entries(evidence).map(
    ([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(String(value))}</dd>`,
  );
  const others = alternatives
    ? `<p>It may also be ${alternatives.join(" or ")}: they look the same.</p>`
    : "";
  return `<article id="${id}" class="${severity}">
<h3>${id} ${escaped(title)}</h3>
<p><strong>${escaped(what)}</strong> (${severity}, ${escaped(member)})</p>
${others}<dl>${facts.join("")}</dl>
<p><strong>By code:</strong> ${escaped(fixByCode)}</p>
<p><strong>By hand:</strong> ${escaped(fixByHand)}</p>
</article>`;
}

function row({ id, title, status, member, looked, what = "", error }: CheckResult): string {
  const result = status === "notRun" ? (error ? "error" : "not run") : status;
  const said = [error?.code, what].filter(Boolean).join(": ");
  return `<tr class="${error ? "error" : status}"><th scope="row">${id} ${escaped(title)}</th><td>${result}</td><td>${escaped(member)}</td><td>${escaped(looked)}${said ? `<br><em>${escaped(said)}</em>` : ""}</td></tr>`;
}

function escaped(text: string): string {
  const names: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? character);
}
