import { readFileSync } from "node:fs";

/** What stands at the head of a report. */
export interface ReportHead {
  /** What kind of report: "Diagnosis". */
  kind: string;
  /** Of what: the set's name. */
  name: string;
  /** Where that is: project and stack. */
  place: string;
  at: Date;
}

/** A page that needs nothing else: no script, no picture, no request. @param body of HTML, with all texts escaped */
export function htmlPage({ kind, name, place, at }: ReportHead, body: string): string {
  const style = readFileSync(new URL("page.css", import.meta.url), "utf8");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(`${kind} of ${name} in ${place}`)}</title>
<style>
${style}</style>
</head>
<body>
<header>
<p class="kind">${escaped(kind)}</p>
<h1>${escaped(name)}</h1>
<p class="place">${escaped(place)} · ${time(at.toISOString())}</p>
</header>
<main>
${body}
</main>
</body>
</html>
`;
}

/** A time for people, in UTC. @param at ISO 8601 */
export function time(at: string): string {
  const shown = `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
  return `<time datetime="${escaped(at)}">${shown}</time>`;
}

/** A part of the page with its own heading. */
export function section(heading: string, body: string): string {
  return `<section>\n<h2>${escaped(heading)}</h2>\n${body}\n</section>`;
}

/** A cell of a table: HTML, with all texts escaped. */
export type Cell = string;

/** A table that becomes a list of cards on a narrow screen. @param classes of the rows */
export function htmlTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  classes: readonly string[] = [],
): string {
  const headCells = head.map((name) => `<th scope="col">${escaped(name)}</th>`).join("");
  const body = rows.map((cells, index) => {
    const kind = classes[index] ? ` class="${classes[index]}"` : "";
    const inner = cells.map((cell, column) => {
      const label = escaped(head[column] ?? "");
      return column === 0 ? `<th scope="row">${cell}</th>` : `<td data-label="${label}">${cell}</td>`;
    });
    return `<tr${kind}>${inner.join("")}</tr>`;
  });
  return `<table>\n<thead><tr>${headCells}</tr></thead>\n<tbody>\n${body.join("\n")}\n</tbody>\n</table>`;
}

/** How something stands. */
export type Mark = "good" | "bad" | "warn" | "quiet";

const strokes: Readonly<Record<Mark, string>> = {
  good: '<path d="m4 8.5 2.5 2.5 5.5-6"/>',
  bad: '<path d="m4.5 4.5 7 7m0-7-7 7"/>',
  warn: '<path d="M8 3.5v5.5m0 2.8v.2"/>',
  quiet: '<path d="M4.5 8h7"/>',
};

/** A sign that no font needs to have; the words beside it say the same. */
export function sign(mark: Mark): string {
  return `<svg class="sign ${mark}" viewBox="0 0 16 16" aria-hidden="true">${strokes[mark]}</svg>`;
}

export function badge(mark: Mark, text: string): string {
  return `<span class="badge ${mark}">${escaped(text)}</span>`;
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
