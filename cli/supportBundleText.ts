import type { Bundle } from "../operations/supportBundle/bundle.ts";
import { labelled } from "./wrap.ts";

interface ListedFile {
  name: string;
  about: string;
  error: string | undefined;
}

/** For people: the file, what is in it, and the ids that support asks for first. */
export function text(
  file: string,
  { summary, requests }: Pick<Bundle, "summary" | "requests">,
  files: readonly ListedFile[],
): string {
  const all = [
    { name: "README.md", about: "what happened, ids and times, this list", error: undefined },
    ...files,
  ];
  const width = Math.max(...all.map(({ name }) => name.length)) + 2;
  const list = all.map(({ name, about, error }) =>
    labelled(name.padEnd(width), error ? `not made: ${error}` : about),
  );
  const refused = requests
    .filter(({ contextId }) => contextId !== undefined)
    .map(({ at, request, status, contextId }) => `${at}  ${status}  contextId ${contextId}\n  ${request}`);
  return [
    summary.map((sentence) => labelled("- ", sentence)).join("\n"),
    list.join("\n"),
    ...refused,
    `Written: ${file}`,
  ].join("\n\n");
}
