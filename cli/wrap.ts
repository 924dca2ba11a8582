import { Help } from "commander";

/** Breaks lines between words, as it does for help; colours take no room. */
const layout = Object.assign(new Help(), { minWidthToWrap: 1 });

/** Text is broken into lines of so many characters, but not of fewer. */
export const narrowest = 30;

/** How wide a text may be: as wide as the terminal, and without end where there is none. */
export function terminalWidth(stream: { columns?: number } = process.stdout): number {
  return stream.columns || Number.POSITIVE_INFINITY;
}

/** How many columns a text takes. */
export function widthOf(text: string): number {
  return layout.displayWidth(text);
}

/** A text after its label, all further lines below the first. A single long word is not broken. */
export function labelled(label: string, text: string, width = terminalWidth()): string {
  const indent = widthOf(label);
  const lines = layout.boxWrap(text, Math.max(narrowest, width - indent));
  return label + lines.replaceAll("\n", `\n${" ".repeat(indent)}`);
}

/** Each text as wide as the terminal. */
export function wrapped(...texts: readonly string[]): string {
  return texts.map((text) => labelled("", text)).join("\n");
}

/** The message of an error; commands to be copied, which stand four spaces in, are not broken. */
export function wrappedError(message: string, width = terminalWidth(process.stderr)): string {
  const lines = message.split("\n").map((line) => {
    if (line.startsWith("    ")) return line;
    const [label = ""] = /^ *(?:evidence: |next: )?/.exec(line) ?? [];
    return labelled(label, line.slice(label.length), width);
  });
  return lines.join("\n");
}

/** Paragraphs of a command's help, as wide as the rest of it. */
export function helpNotes(...notes: readonly string[]): () => string {
  return () => ["", ...notes.map((note) => labelled("", note, process.stdout.columns || 80))].join("\n");
}
