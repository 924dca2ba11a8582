import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { CodedError, type Evidence } from "../../providers/errors.ts";
import { escaped, htmlPage, htmlTable, section, sign } from "../report/html.ts";
import type { Check } from "./check.ts";
import { changedInPage, memberChanges, pageDuties, sentences } from "./conclusion.ts";
import type { Rebuilt } from "./rebuild.ts";

interface Heading {
  heading: string;
}

/** A part of the report; text between backquotes is code. */
type Block =
  | Heading
  | { text: string }
  | { list: string[] }
  | { code: string }
  | { head: string[]; rows: string[][] };

/**
 * Writes the report as Markdown and as HTML beside each other.
 * @returns both paths
 * @throws CodedError REPORT_NOT_WRITTEN
 */
export function writeReport(rebuilt: Rebuilt, file: string) {
  const base = resolve(file.replace(/\.(md|html)$/, ""));
  const [markdown, html] = [`${base}.md`, `${base}.html`];
  const [asText, asPage] = [asMarkdown(rebuilt), asHtml(rebuilt)];
  try {
    mkdirSync(dirname(base), { recursive: true });
    writeFileSync(markdown, asText);
    writeFileSync(html, asPage);
  } catch (error) {
    throw notWritten(base, error as NodeJS.ErrnoException);
  }
  return { markdown, html };
}

function notWritten(file: string, { code: reason }: NodeJS.ErrnoException): CodedError {
  return new CodedError({
    code: "REPORT_NOT_WRITTEN",
    what: "The report could not be written.",
    evidence: { file, reason },
    next: "Nothing else is lost. The next time name a file in a folder that exists and may be written to, by --report.",
  });
}

function titleOf({ set }: Rebuilt): string {
  return `Rebuild of ${set.project}/${set.stack}/${set.name}`;
}

/** What is to be done comes before how it was found out. */
function blocksOf(rebuilt: Rebuilt): Block[] {
  const { checks, timeline, contract } = rebuilt;
  const changed = changedInPage(rebuilt);
  const duties = pageDuties(rebuilt);
  return [
    ...sentences(rebuilt).map((text) => ({ text })),
    ...(duties.length > 0 ? [{ heading: "What the owners of the page must do" }, { list: duties }] : []),
    { heading: "What has changed" },
    {
      head: ["member", "what", "id", "id before"],
      rows: memberChanges(rebuilt).map(({ member, what, idBefore = "none", id = "none" }) => [
        member,
        what,
        id,
        id === idBefore ? "the same" : idBefore,
      ]),
    },
    { heading: "Page contract" },
    {
      text:
        changed.length === 0
          ? "As before."
          : `Others than before: ${changed.map((name) => `\`${name}\``).join(", ")}.`,
    },
    { code: JSON.stringify(contract, null, 2) },
    { heading: "Timeline" },
    {
      head: ["ended, UTC", "what", "outcome"],
      rows: timeline.map(({ at, what, detail }) => [time(at), what, detail]),
    },
    ...evidenceOf(checks, rebuilt.outcome === "stopped"),
  ];
}

/** The last sign-in before the cure, or before the end, and the last one of all. */
function evidenceOf(checks: readonly Check[], isStopped: boolean): Block[] {
  const after = isStopped ? undefined : checks.at(-1);
  const before = isStopped ? checks.at(-1) : checks.at(-2);
  return [
    ...(before ? [{ heading: "The last sign-in before" }, ...stepsOf(before)] : []),
    ...(after ? [{ heading: before ? "The last sign-in after" : "The sign-in" }, ...stepsOf(after)] : []),
  ];
}

function stepsOf({ at, failed, attempts, steps }: Check): Block[] {
  const text = failed
    ? `It failed at the step ${failed.step} at ${time(at)} UTC, attempt ${attempts}: \`${failed.code}\`. ${failed.what}`
    : `It worked at ${time(at)} UTC, attempt ${attempts}.`;
  const rows = steps.map((step) => [
    step.name,
    step.ok ? "ok" : "failed",
    `${step.milliseconds} ms`,
    facts(step.evidence),
  ]);
  return [{ text }, { head: ["step", "outcome", "time", "evidence"], rows }];
}

/** "2026-01-02 03:04:05" */
function time(iso: string): string {
  return iso.slice(0, 19).replace("T", " ");
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

export function asHtml(rebuilt: Rebuilt): string {
  const { set, outcome, checks, timeline } = rebuilt;
  const tone = checks.at(-1)?.ok && outcome !== "stopped" ? "good" : "bad";
  const chapters = chaptersOf(blocksOf(rebuilt)).map(({ heading, blocks }) => {
    const html = blocks.map(inHtml).join("\n");
    return heading === undefined
      ? `<div class="verdict ${tone}">${sign(tone)}<div>\n${html}\n</div></div>`
      : section(heading, html);
  });
  const head = {
    kind: "Rebuild",
    name: set.name,
    place: `${set.project}/${set.stack}`,
    at: new Date(timeline.at(-1)?.at ?? Date.now()),
  };
  return htmlPage(head, chapters.join("\n"));
}

/** What comes before the first heading, then what belongs to each. */
function chaptersOf(blocks: readonly Block[]) {
  const chapters: { heading?: string; blocks: Exclude<Block, Heading>[] }[] = [{ blocks: [] }];
  for (const block of blocks) {
    if ("heading" in block) chapters.push({ heading: block.heading, blocks: [] });
    else chapters.at(-1)?.blocks.push(block);
  }
  return chapters;
}

function inHtml(block: Exclude<Block, Heading>): string {
  if ("text" in block) return `<p>${withCode(block.text)}</p>`;
  if ("list" in block) return `<ul>${block.list.map((item) => `<li>${withCode(item)}</li>`).join("")}</ul>`;
  if ("code" in block) return `<pre>${escaped(block.code)}</pre>`;
  return htmlTable(
    block.head,
    block.rows.map((cells) => cells.map(escaped)),
  );
}

function withCode(text: string): string {
  return escaped(text).replace(/`([^`]*)`/g, "<code>$1</code>");
}
