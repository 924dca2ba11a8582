import { labelled, narrowest, terminalWidth, widthOf } from "./wrap.ts";

type Row = readonly string[];

/** Gives a row its colour. */
type Style = (row: string, index: number) => string;

/**
 * Text in columns, as wide as their longest entry. Where the terminal is too narrow the last column is broken into
 * lines; where that leaves too little, each row becomes a block of named entries.
 */
export function table(
  head: Row,
  rows: readonly Row[],
  styled: Style = (row) => row,
  width = terminalWidth(),
): string {
  const widths = head.map((_, column) => longest([head, ...rows].map((row) => row[column] ?? "")));
  const indent = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, 0);
  if (width - indent < Math.min(narrowest, widths.at(-1) ?? 0)) return blocks(head, rows, styled, width);
  const line = (row: Row) => {
    const cells = row.slice(0, -1).map((cell, column) => `${cell.padEnd(widths[column] ?? 0)}  `);
    return labelled(cells.join(""), row.at(-1) ?? "", width).trimEnd();
  };
  return [line(head), ...rows.map((row, index) => styled(line(row), index))].join("\n");
}

/** The first entry of each row, and below it the others that are not empty, by their names. */
function blocks(head: Row, rows: readonly Row[], styled: Style, width: number): string {
  const names = head.map((name) => `  ${name.toLowerCase()}`);
  const indent = longest(names) + 2;
  const block = ([first = "", ...others]: Row) => {
    const entries = others.flatMap((entry, column) =>
      entry === "" ? [] : [labelled((names[column + 1] ?? "").padEnd(indent), entry, width)],
    );
    return [labelled("", first, width), ...entries].join("\n");
  };
  return rows.map((row, index) => styled(block(row), index)).join("\n");
}

function longest(cells: Row): number {
  return Math.max(...cells.map(widthOf));
}
