import { strToU8, zipSync } from "fflate";

/** One file of a bundle. */
export interface BundleFile {
  name: string;
  /** One line: what it holds. */
  about: string;
  /** JSON, without any secret; or why the part could not be made. */
  content: unknown;
}

/** A request of the sign-in by what the vendors' engineers look up. */
export interface RequestIds {
  /** UTC, ISO 8601. */
  at: string;
  request: string;
  status: number | undefined;
  contextId?: string | undefined;
  correlationId?: string | undefined;
}

/** What goes to the vendors' support, as one file. */
export interface Bundle {
  /** UTC, ISO 8601. */
  madeAt: string;
  /** `production:shop` */
  of: string;
  /** What the files say, one sentence each. */
  summary: readonly string[];
  facts: Readonly<Record<string, string>>;
  files: readonly BundleFile[];
  requests: readonly RequestIds[];
}

/** The bundle as a zip file; its README.md lists what is in it. */
export function zipped(bundle: Bundle): Uint8Array {
  const files = bundle.files.map(({ name, content }) => [name, json(content)]);
  const all = [["README.md", readme(bundle)], ...files] as [string, string][];
  return zipSync(Object.fromEntries(all.map(([name, text]) => [name, strToU8(text)])));
}

function json(content: unknown): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

function readme({ madeAt, of, summary, facts, files, requests }: Bundle): string {
  const list = files.map(({ name, about }) => `| ${name} | ${cell(about)} |`);
  const known = Object.entries(facts).map(([name, value]) => `| ${name} | ${cell(value)} |`);
  const rows = requests.map(({ at, request, status, contextId, correlationId }) =>
    [at, request, status ?? "no answer", contextId ?? "", correlationId ?? ""]
      .map(String)
      .map(cell)
      .join(" | "),
  );
  return [
    `# Support bundle: authenticated web messaging, ${of}`,
    `Made on ${madeAt} (UTC).`,
    "## What happened",
    summary.map((sentence) => `- ${cell(sentence)}`).join("\n"),
    "## Where",
    table("| what | value |", known),
    "## Requests of the sign-in",
    rows.length > 0
      ? table(
          "| UTC | request | status | contextId | correlation id |",
          rows.map((row) => `| ${row} |`),
        )
      : "None was sent.",
    "## Files",
    table("| file | holds |", list),
    "## What is not in it, and what is",
    "No secret: codes, tokens, passwords, client secrets and log-ins are left out or shown by their length. The subject of " +
      "the visitor is hashed. Persons are named by: the user name of a test user, the app's contact e-mail, and the last " +
      "writers that the vendors note on their objects.",
    "",
  ].join("\n\n");
}

function table(head: string, rows: readonly string[]): string {
  const columns = head.split("|").length - 2;
  return [head, `|${" --- |".repeat(columns)}`, ...rows].join("\n");
}

function cell(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|");
}
