import type { FieldValue, FieldValues } from "../state.ts";
import { type Draft, isInVersion } from "./calls.ts";
import { type Field, type Fields, type MetadataType, SchemaError } from "./metadataType.ts";
import { child, childNames, children, METADATA_NAMESPACE, type Node, textOf } from "./xml.ts";

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
    parsed[name] = parseField(children(node, name), name, field, version, strictOrder);
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
  if (textOf(child(node, "@nil")) === "true") return null;
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
