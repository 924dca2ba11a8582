/** How wide a text may be: as wide as the terminal, and without end where there is none. */
export function terminalWidth(): number {
  return process.stdout.columns || Number.POSITIVE_INFINITY;
}

/** Breaks a text between words so that no line is longer than `width`, a single long word apart. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** A text after its label, all further lines below the first. */
export function labelled(label: string, text: string, width = terminalWidth()): string {
  const indent = " ".repeat(label.length);
  return label + wrapped(text, Math.max(30, width - label.length)).join(`\n${indent}`);
}
