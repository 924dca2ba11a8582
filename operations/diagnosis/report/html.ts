import { badge, escaped, htmlPage, htmlTable, type Mark, section, sign } from "../../report/html.ts";
import type { OpenedSet } from "../../stack/messagingSet.ts";
import type { CheckResult, Severity } from "../check.ts";
import type { Diagnosis } from "../diagnose.ts";
import { chainOf, type Link, type LinkState } from "./chain.ts";
import { bySeverity, type Conclusion, conclusionOf, inWords, signInInWords } from "./conclusion.ts";
import { type Result, resultOf } from "./result.ts";

/** A diagnosis for people, as a page that stands alone. */
export function htmlReport({ set }: Pick<OpenedSet, "set">, diagnosis: Diagnosis, at: Date): string {
  const { checks, findings } = diagnosis;
  const head = { kind: "Sign-in diagnosis", name: set.name, place: `${set.project}/${set.stack}`, at };
  const causes = bySeverity(findings).map(cause).join("\n");
  const parts = [
    verdict(diagnosis),
    counts(checks),
    section("The way of a sign-in", chain(chainOf({ set }, checks))),
    ...(causes ? [section("What was found", causes)] : []),
    section("All checks", table(checks)),
  ];
  return htmlPage(head, parts.join("\n"));
}

const toneOf: Readonly<Record<Conclusion, Mark>> = {
  healthy: "good",
  findings: "bad",
  signInBroken: "bad",
  incomplete: "warn",
};
const toneOfSeverity: Readonly<Record<Severity, Mark>> = { critical: "bad", warning: "warn", note: "quiet" };
const toneOfResult: Readonly<Record<Result, Mark>> = {
  found: "bad",
  ok: "good",
  error: "warn",
  "not run": "quiet",
};

function verdict(diagnosis: Diagnosis): string {
  const tone = toneOf[conclusionOf(diagnosis)];
  const words = withCode(withLinks(inWords(diagnosis), diagnosis.findings));
  return `<div class="verdict ${tone}">${sign(tone)}<div>
<p>${words}</p>
<p>${withCode(escaped(signInInWords(diagnosis)))}</p>
</div></div>`;
}

/** The causes that a text names lead to what was found of them. */
function withLinks(text: string, findings: readonly CheckResult[]): string {
  const ids = new Set<string>(findings.map(({ id }) => id));
  return escaped(text).replace(/\b[A-D]\d+\b/g, (id) => (ids.has(id) ? `<a href="#${id}">${id}</a>` : id));
}

function withCode(html: string): string {
  return html.replace(/`([^`]*)`/g, "<code>$1</code>");
}

function counts(checks: readonly CheckResult[]): string {
  const results: readonly Result[] = ["found", "ok", "error", "not run"];
  const words = { found: "found", ok: "all right", error: "could not run", "not run": "not run" };
  const items = results.map((result) => {
    const number = checks.filter((check) => resultOf(check) === result).length;
    return `<li><strong>${number}</strong> ${words[result]}</li>`;
  });
  return `<ul class="counts" aria-label="Checks">${items.join("")}</ul>`;
}

const toneOfLink: Readonly<Record<LinkState, Mark>> = {
  ok: "good",
  broken: "bad",
  worse: "warn",
  unknown: "warn",
  unseen: "quiet",
};
const wordOfLink: Readonly<Record<LinkState, string>> = {
  ok: "all right",
  broken: "broken",
  worse: "works worse",
  unknown: "not known",
  unseen: "not looked at",
};

function chain(links: readonly Link[]): string {
  const items = links.map(({ title, name, state, findings }) => {
    const causes = bySeverity(findings).map(
      ({ id, what = "" }) => `<p><a href="#${id}">${id}</a> ${escaped(what)}</p>`,
    );
    return `<li class="${toneOfLink[state]}">${sign(toneOfLink[state])}<div>
<p class="link"><strong>${escaped(title)}</strong> <span class="state">${wordOfLink[state]}</span> <code>${escaped(name)}</code></p>
${causes.join("\n")}
</div></li>`;
  });
  return `<ol class="chain">\n${items.join("\n")}\n</ol>`;
}

function cause(finding: CheckResult): string {
  const { id, title, severity, member, what = "", evidence, alternatives, fixByCode, fixByHand } = finding;
  const tone = toneOfSeverity[severity];
  const facts = Object.entries(evidence).map(
    ([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(String(value))}</dd>`,
  );
  const others = alternatives
    ? `<p>It may also be ${alternatives.join(" or ")}: they look the same.</p>`
    : "";
  return `<article id="${id}" class="cause ${tone}">
<h3>${id} ${escaped(title)}</h3>
<p class="facts">${badge(tone, severity)} ${badge("quiet", member)}</p>
<p><strong>${escaped(what)}</strong></p>
${others}
${facts.length > 0 ? `<h4>Evidence</h4>\n<dl>${facts.join("")}</dl>` : ""}
<h4>What to do by code</h4>
<p>${escaped(fixByCode)}</p>
<h4>What to do by hand</h4>
<p>${escaped(fixByHand)}</p>
</article>`;
}

function table(checks: readonly CheckResult[]): string {
  const rows = checks.map((check) => {
    const { id, title, status, member, looked, what = "", error } = check;
    const result = resultOf(check);
    const name = `${id} ${escaped(title)}`;
    const said = [error?.code, what].filter(Boolean).join(": ");
    return [
      status === "finding" ? `<a href="#${id}">${name}</a>` : name,
      badge(toneOfResult[result], result),
      escaped(member),
      escaped(looked) + (said ? `<br><span class="quiet">${escaped(said)}</span>` : ""),
    ];
  });
  return htmlTable(["Check", "Result", "Member", "Looked at"], rows);
}
