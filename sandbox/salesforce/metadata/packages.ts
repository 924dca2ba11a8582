import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import type { FieldValues, Manifest } from "../state.ts";
import type { Draft } from "./calls.ts";
import { type MetadataType, SchemaError } from "./metadataType.ts";
import { parseDraft } from "./schema.ts";
import { child, children, METADATA_NAMESPACE, type Node, parseXml, textIn, texts, toXmlFile } from "./xml.ts";

/** The most that a deploy or a retrieve may hold: https://developer.salesforce.com, "File-Based Calls". */
const MOST_FILES = 10_000;
const MOST_BYTES = 600 * 1024 * 1024;

/** The files of a package by their paths. */
export type Files = Map<string, string>;

/** Opens a zip file, base64; throws for what is not one, or is too large. */
export function unzip(zip: string): Files {
  let bytes = 0;
  let files = 0;
  const entries = unzipSync(Buffer.from(zip, "base64"), {
    filter: ({ name, originalSize }) => {
      bytes += originalSize;
      files += 1;
      if (files > MOST_FILES || bytes > MOST_BYTES) throw new Error("The zip file is too large.");
      return !name.endsWith("/");
    },
  });
  return new Map(Object.entries(entries).map(([path, content]) => [path, strFromU8(content)]));
}

/** Makes a zip file, base64. */
export function zip(files: Files): string {
  const entries = [...files].map(([path, content]) => [path, strToU8(content)] as const);
  return Buffer.from(zipSync(Object.fromEntries(entries))).toString("base64");
}

/** Reads package.xml or a list of destructive changes; throws `SchemaError`. */
export function parseManifest(xml: string): Manifest {
  const root = child(parseXml(xml), "Package");
  if (root === undefined) throw new SchemaError("The root element must be Package.");
  return parsePackage(root);
}

/** Reads the element of a manifest. */
export function parsePackage(root: Node | undefined): Manifest {
  return {
    version: textIn(root, "version"),
    types: children(root, "types").map((type) => ({
      name: textIn(type, "name") ?? "",
      members: texts(type, "members"),
    })),
  };
}

/** package.xml of these components. */
export function manifestFile({ types, version }: Manifest): string {
  const sorted = types.map(({ name, members }) => ({ members: [...members].sort(), name }));
  return toXmlFile({ Package: { "@xmlns": METADATA_NAMESPACE, types: sorted, version } });
}

/** Reads the file of a component, whose elements may come in any order; throws `SchemaError`. */
export function parseComponent(xml: string, type: MetadataType, fullName: string, version: number): Draft {
  const root = child(parseXml(xml), type.name);
  if (root === undefined) throw new SchemaError(`The root element must be ${type.name}`);
  return { ...parseDraft(root, type, version, false), fullName };
}

/** The file of a component; its name is not inside. */
export function componentFile(type: MetadataType, { fullName: _, ...fields }: FieldValues): string {
  return toXmlFile({ [type.name]: { "@xmlns": METADATA_NAMESPACE, ...fields } });
}
