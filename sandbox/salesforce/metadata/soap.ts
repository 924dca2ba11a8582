import { XMLBuilder, XMLParser, XMLValidator } from "fast-xml-parser";
import type { FieldValue, FieldValues } from "../state.ts";
import { type Draft, isInVersion } from "./calls.ts";
import type { Field, Fields, MetadataType } from "./metadataType.ts";
import { type Fault, SchemaError } from "./metadataType.ts";

const METADATA_NAMESPACE = "http://soap.sforce.com/2006/04/metadata";

/** An XML element: its text, or its attributes (`@name`) and children. Repeated children are an array. */
export type Node = string | { [name: string]: Node | Node[] };

/** A parsed SOAP request. */
export interface SoapRequest {
  sessionId: string | undefined;
  operation: string;
  body: Node;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  ignoreDeclaration: true,
});

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  suppressBooleanAttributes: false,
});

/** Reads an envelope with any prefixes; throws the fault of one that is not well-formed. */
export function parseRequest(xml: string): SoapRequest {
  if (XMLValidator.validate(xml) !== true) throw new SchemaError("The request is not well-formed XML.");
  const envelope = only(child(parser.parse(xml) as Node, "Envelope"));
  const body = only(child(envelope, "Body"));
  const [operation] = childNames(body);
  if (operation === undefined) throw new SchemaError("No operation available for request.");
  const header = only(child(envelope, "Header"));
  const session = only(child(header, "SessionHeader"));
  return {
    sessionId: textOf(only(child(session, "sessionId"))),
    operation,
    body: only(child(body, operation)) ?? "",
  };
}

/** The answer to an operation. */
export function response(operation: string, results: unknown[]): string {
  return envelope({
    [`${operation}Response`]: { "@xmlns": METADATA_NAMESPACE, result: results },
  });
}

export function faultResponse(fault: Fault): string {
  return envelope({ "soapenv:Fault": { faultcode: fault.code, faultstring: fault.message } });
}

function envelope(body: object): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${builder.build({
    "soapenv:Envelope": {
      "@xmlns:soapenv": "http://schemas.xmlsoap.org/soap/envelope/",
      "@xmlns:sf": METADATA_NAMESPACE,
      "@xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
      "soapenv:Body": body,
    },
  })}`;
}

/** The child elements of this name, in order. */
export function child(node: Node | undefined, name: string): Node[] {
  if (node === undefined || typeof node === "string") return [];
  const found = node[name];
  if (found === undefined) return [];
  return Array.isArray(found) ? found : [found];
}

/** The texts of the child elements of this name. */
export function texts(node: Node, name: string): string[] {
  return child(node, name).map((element) => textOf(element) ?? "");
}

/** The local name that an element's `xsi:type` states. */
export function xsiType(node: Node): string | undefined {
  return textOf(only(child(node, "@type")))?.replace(/^.*:/, "");
}

function only(nodes: Node[]): Node | undefined {
  return nodes[0];
}

function textOf(node: Node | undefined): string | undefined {
  if (node === undefined || typeof node === "string") return node;
  const text = node["#text"];
  return typeof text === "string" ? text : "";
}

function childNames(node: Node | undefined): string[] {
  if (node === undefined || typeof node === "string") return [];
  return Object.keys(node).filter((name) => name !== "#text" && !name.startsWith("@"));
}

/** Reads a component as the schema of this API version allows it; `strictOrder` demands the WSDL's order. */
export function parseDraft(node: Node, type: MetadataType, version: number, strictOrder: boolean): Draft {
  const schema: Fields = { fullName: { kind: "string", since: 0 }, ...type.fields };
  const { fullName, ...fields } = parseFields(node, schema, version, strictOrder);
  return { fullName: typeof fullName === "string" ? fullName : undefined, fields };
}

function parseFields(node: Node, schema: Fields, version: number, strictOrder: boolean): Draft["fields"] {
  const allowed = Object.keys(schema);
  const parsed: Draft["fields"] = {};
  let last = -1;
  for (const name of childNames(node)) {
    const field = schema[name];
    const position = allowed.indexOf(name);
    const known = field !== undefined && isInVersion(field, version);
    if (!known || (strictOrder && position < last)) {
      throw new SchemaError(`Element {${METADATA_NAMESPACE}}${name} invalid at this location`);
    }
    last = position;
    parsed[name] = parseField(child(node, name), name, field, version, strictOrder);
  }
  return parsed;
}

function parseField(nodes: Node[], name: string, field: Field, version: number, strictOrder: boolean) {
  if (nodes.length > (field.max ?? 1)) {
    throw new SchemaError(`Element {${METADATA_NAMESPACE}}${name} invalid at this location`);
  }
  const values = nodes.map((node) => parseValue(node, name, field, version, strictOrder));
  if (field.max === undefined) return values[0] ?? null;
  return values.filter((value) => value !== null) as FieldValues[];
}

function parseValue(
  node: Node,
  name: string,
  field: Field,
  version: number,
  strictOrder: boolean,
): FieldValue | null {
  if (textOf(only(child(node, "@nil"))) === "true") return null;
  if (field.kind === "complex") {
    const parsed = parseFields(node, field.fields ?? {}, version, strictOrder);
    return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== null)) as FieldValues;
  }
  const text = textOf(node) ?? "";
  if (field.kind === "string") return text === "" ? null : text;
  return parseTyped(text.trim(), name, field);
}

function parseTyped(text: string, name: string, field: Field): boolean | number | string {
  if (field.kind === "boolean" && /^(true|false|0|1)$/.test(text)) return text === "true" || text === "1";
  if (field.kind === "int" && /^-?\d{1,9}$/.test(text)) return Number(text);
  if (field.kind === "enum" && field.values?.includes(text)) return text;
  const type = field.kind === "enum" ? `enum '${name}'` : `type xsd:${field.kind}`;
  throw new SchemaError(`'${text}' is not a valid value for the ${type}`);
}
