import { XMLBuilder, XMLParser, XMLValidator } from "fast-xml-parser";
import { SchemaError } from "./metadataType.ts";

export const METADATA_NAMESPACE = "http://soap.sforce.com/2006/04/metadata";

/** An XML element: its text, or its attributes (`@name`) and children. Repeated children are an array. */
export type Node = string | { [name: string]: Node | Node[] };

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  ignoreDeclaration: true,
});

const attributes = {
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  suppressBooleanAttributes: false,
};
const compact = new XMLBuilder(attributes);
const indented = new XMLBuilder({ ...attributes, format: true, indentBy: "    " });

/** Reads a document, whatever prefixes it has; throws `SchemaError` for one that is not well-formed. */
export function parseXml(xml: string): Node {
  if (XMLValidator.validate(xml) !== true) throw new SchemaError("The request is not well-formed XML.");
  return parser.parse(xml) as Node;
}

/** A document on one line, for the wire. */
export function toXml(document: object): string {
  return DECLARATION + compact.build(document);
}

/** A document as it stands in files. */
export function toXmlFile(document: object): string {
  return `${DECLARATION}\n${indented.build(document)}`;
}

/** The child elements of this name, in order. */
export function children(node: Node | undefined, name: string): Node[] {
  if (node === undefined || typeof node === "string") return [];
  const found = node[name];
  if (found === undefined) return [];
  return Array.isArray(found) ? found : [found];
}

/** The first child element of this name. */
export function child(node: Node | undefined, name: string): Node | undefined {
  return children(node, name)[0];
}

/** The names of the child elements. */
export function childNames(node: Node | undefined): string[] {
  if (node === undefined || typeof node === "string") return [];
  return Object.keys(node).filter((name) => name !== "#text" && !name.startsWith("@"));
}

/** The text of an element; empty when it has none, `undefined` when there is no element. */
export function textOf(node: Node | undefined): string | undefined {
  if (node === undefined || typeof node === "string") return node;
  const text = node["#text"];
  return typeof text === "string" ? text : "";
}

/** The texts of the child elements of this name. */
export function texts(node: Node | undefined, name: string): string[] {
  return children(node, name).map((element) => textOf(element) ?? "");
}

/** The text of the first child element of this name. */
export function textIn(node: Node | undefined, name: string): string | undefined {
  return texts(node, name)[0];
}
