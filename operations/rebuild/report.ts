import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Evidence } from "../../providers/errors.ts";
import { changedInPage, pageDuties, sentences } from "./conclusion.ts";
import type { Check, Rebuilt } from "./rebuild.ts";

/** A part of the report; text between backquotes is code. */
type Block =
  | { heading: string }
  | { text: string }
  | { list: string[] }
  | { code: string }
  | { head: string[]; rows: string[][] };

/** Writes the report as Markdown and as HTML beside each other. @returns both paths */
export function writeReport(rebuilt: Rebuilt, file: string) {
  const base = resolve(file.replace(/\.(md|html)$/, ""));
  const [markdown, html] = [`${base}.md`, `${base}.html`];
  mkdirSync(dirname(base), { recursive: true });
  writeFileSync(markdown, asMarkdown(rebuilt));
  writeFileSync(html, asHtml(rebuilt));
  return { markdown, html };
}

export function titleOf({ set }: Rebuilt): string {
  return `Rebuild of ${set.project}/${set.stack}/${set.name}`;
}

function blocksOf(rebuilt: Rebuilt): Block[] {
  const { before, after, timeline, contract } = rebuilt;
  const changed = changedInPage(rebuilt);
  const duties = pageDuties(rebuilt);
  return [
    ...sentences(rebuilt).map((text) => ({ text })),
    { heading: "Timeline" },
    {
      head: ["UTC", "what", "outcome"],
      rows: timeline.map(({ at, what, detail }) => [at, what, detail]),
    },
    { heading: "Evidence before" },
    ...evidenceOf(rebuilt.search?.culprit?.before ?? before),
    { heading: "Evidence after" },
    ...evidenceOf(after),
    { heading: "Page contract" },
    {
      text:
        changed.length === 0
          ? "Nothing in it has changed."
          : `Changed: ${changed.map((name) => `\`${name}\``).join(", ")}.`,
    },
    { code: JSON.stringify(contract, null, 2) },
    ...(duties.length > 0 ? [{ heading: "What the owners of the page must do" }, { list: duties }] : []),
  ];
}

function evidenceOf({ at, ok, failed, attempts, steps }: Check): Block[] {
  const end = failed
    ? `Sign-in failed at the step ${failed.step}, last at ${at}, after ${attempts} attempts: \`${failed.code}\`. ${failed.what}`
    : `Sign-in worked at ${at}, attempt ${attempts}.`;
  const rows = steps.map((step) => [
    step.name,
    step.ok ? "ok" : "failed",
    `${step.milliseconds} ms`,
    facts(step.evidence),
  ]);
  return [{ text: ok ? end : `${end}` }, { head: ["step", "outcome", "time", "evidence"], rows }];
}

function facts(evidence: Evidence): string {
  const told = Object.entries(evidence).filter(([, value]) => value !== undefined && value !== "");
  return told.map(([name, value]) => `${name} ${value}`).join(", ");
}

export function asMarkdown(rebuilt: Rebuilt): string {
  const parts = blocksOf(rebuilt).map((block) => {
    if ("heading" in block) return `## ${block.heading}`;
    if ("text" in block) return block.text;
    if ("list" in block) return block.list.map((item) => `- ${item}`).join("\n");
    if ("code" in block) return `\`\`\`json\n${block.code}\n\`\`\``;
    const line = (cells: string[]) => `| ${cells.map(asCell).join(" | ")} |`;
    return [line(block.head), line(block.head.map(() => "---")), ...block.rows.map(line)].join("\n");
  });
  return `# ${titleOf(rebuilt)}\n\n${parts.join("\n\n")}\n`;
}

/** What vendors say may hold anything. */
function asCell(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[|<\\]/g, "\\$&");
}

const style = `body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color-scheme: light dark; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
pre { overflow: auto; padding: 1rem; border: 1px solid #8886; border-radius: .3rem; }`;

export function asHtml(rebuilt: Rebuilt): string {
  const parts = blocksOf(rebuilt).map((block) => {
    if ("heading" in block) return `<h2>${escaped(block.heading)}</h2>`;
    if ("text" in block) return `<p>${withCode(block.text)}</p>`;
    if ("list" in block) return `<ul>${block.list.map((item) => `<li>${withCode(item)}</li>`).join("")}</ul>`;
    if ("code" in block) return `<pre>${escaped(block.code)}</pre>`;
    const row = (cells: string[], tag: string) =>
      `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
    return `<table>${row(block.head, "th")}${block.rows.map((cells) => row(cells, "td")).join("\n")}</table>`;
  });
  const title = escaped(titleOf(rebuilt));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}</style>
<h1>${title}</h1>
${parts.join("\n")}
</html>
`;
}

function withCode(text: string): string {
  return escaped(text).replace(/`([^`]*)`/g, "<code>$1</code>");
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
