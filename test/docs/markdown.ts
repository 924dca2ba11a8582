/** The little that tests need to know of Markdown. */

/** The sections of the second level, by heading, with what is below them. */
export function sections(text: string): Record<string, string> {
  const parts = withoutCode(text).split(/^## /m).slice(1);
  return Object.fromEntries(
    parts.map((part) => [part.split("\n", 1)[0] ?? "", part.slice(part.indexOf("\n"))]),
  );
}

/** All rows of all tables without their heads, as trimmed cells. */
export function tableRows(text: string): string[][] {
  const lines = text.split("\n");
  const isRow = (line: string | undefined) => line?.startsWith("|") ?? false;
  const isRule = (line: string | undefined) => /^\|( -+ \|)+$/.test(line ?? "");
  return lines.filter((line, index) => isRow(line) && !isRule(line) && !isRule(lines[index + 1])).map(cells);
}

/** The row that begins with this cell. */
export function tableRow(text: string, first: string): string[] | undefined {
  return tableRows(text).find(([cell]) => cell === first);
}

function cells(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** Targets of links and pictures that are not addresses. */
export function linksIn(text: string): string[] {
  const targets = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? "");
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** What `#...` may name: the headings, as GitHub spells them. */
export function anchorsIn(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading ?? "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Comments in shell blocks look like headings. */
function withoutCode(text: string): string {
  return text.replace(/^( *)```[\s\S]*?^\1```$/gm, "");
}
