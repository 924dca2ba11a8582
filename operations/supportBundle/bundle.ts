import { strToU8, zipSync } from "fflate";
import type { Side } from "../signIn/differential.ts";
import { readme } from "./readme.ts";

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
  /** In which of the two sign-ins; missing where nobody signed in. */
  signIn?: Side | undefined;
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
