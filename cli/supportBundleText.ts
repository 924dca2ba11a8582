import type { RequestIds } from "../operations/supportBundle/bundle.ts";
import { table } from "./table.ts";

interface ListedFile {
  name: string;
  about: string;
  error: string | undefined;
}

/** For people: the file, what is in it, and the ids that support asks for first. */
export function text(file: string, files: readonly ListedFile[], requests: readonly RequestIds[]): string {
  const list = files.map(({ name, about, error }) => [name, error ? `not made: ${error}` : about]);
  const refused = requests.filter(({ contextId }) => contextId !== undefined);
  const ids = refused.map(({ at, request, status, contextId }) => [
    at,
    request,
    String(status ?? "no answer"),
    contextId ?? "",
  ]);
  return [
    `Written: ${file}`,
    table(["FILE", "HOLDS"], [["README.md", "this list, ids and times"], ...list]),
    ...(ids.length > 0 ? [table(["UTC", "REQUEST", "STATUS", "CONTEXT ID"], ids)] : []),
  ].join("\n\n");
}
