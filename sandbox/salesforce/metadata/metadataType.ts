import type { Org } from "../org.ts";
import type { Component, FieldValues, Permission } from "../state.ts";

/** One element of a metadata type, as the WSDL declares it. */
export interface Field {
  kind: "string" | "boolean" | "int" | "enum" | "complex";
  /** First API version whose WSDL has it. */
  since: number;
  /** Last API version whose WSDL has it. */
  until?: number;
  required?: true;
  /** Of an enum. */
  values?: readonly string[];
  /** Of a complex element. */
  fields?: Fields;
  /** The most occurrences, for an element that may occur more than once. */
  max?: number;
}
export type Fields = Record<string, Field>;

/** The elements of a component as a caller sends them; one sent empty is `null`, to be cleared. */
export type Sent = Record<string, FieldValues[string] | null>;

type Extra = Omit<Field, "kind" | "since">;
export const text = (since: number, extra: Extra = {}): Field => ({ kind: "string", since, ...extra });
export const flag = (since: number, extra: Extra = {}): Field => ({ kind: "boolean", since, ...extra });
export const int = (since: number, extra: Extra = {}): Field => ({ kind: "int", since, ...extra });
export const oneOf = (since: number, ...values: string[]): Field => ({ kind: "enum", since, values });
export const complex = (since: number, fields: Fields, extra: Extra = {}): Field => ({
  kind: "complex",
  since,
  fields,
  ...extra,
});

/** The developer name of the External Client App a component belongs to. */
export const parentField: Field = { kind: "string", since: 57, required: true };

/** A type of metadata: its elements, where its files live, and the rules that a save of one must keep. */
export interface MetadataType {
  name: string;
  /** First API version that documents it. */
  since: number;
  directory: string;
  suffix: string;
  /** Key prefix of its records. */
  idPrefix: string;
  fields: Fields;
  /** What a user needs for writing it. */
  permission: Permission;
  /** Values of fields that a create leaves out. */
  defaults?: FieldValues;
  /** Throws `SaveError` for a create that the org does not allow at all. */
  mayCreate?(org: Org, component: Component): void;
  /** Checks and completes a component before it is kept; throws `SaveError`. `before` is absent on create. */
  beforeSave?(org: Org, component: Component, before?: Component): void;
  /** Whether a deployed file may leave elements out without clearing them. */
  filesMayBePartial?: true;
  /**
   * What a change orders besides what is kept, by the elements as they were sent; answers the warnings that a
   * deploy must be told to ignore.
   */
  afterChange?(org: Org, component: Component, sent: Sent, by: "call" | "deploy"): string[];
  /** What else a create brings about. */
  afterCreate?(org: Org, component: Component): void;
  /** What else a delete takes along; throws `SaveError` when the delete is not allowed. */
  beforeDelete?(org: Org, component: Component): void;
  /** What readMetadata shows: more, or less, than what is kept. */
  shown?(org: Org, component: Component): FieldValues;
}

/** Why one component was not saved; answered inside HTTP 200. */
export class SaveError extends Error {
  readonly statusCode: string;
  readonly fields: string[];
  constructor(statusCode: string, message: string, ...fields: string[]) {
    super(message);
    this.name = "SaveError";
    this.statusCode = statusCode;
    this.fields = fields;
  }
}

/** Why a whole call failed; answered as a SOAP fault on HTTP 500. */
export class Fault extends Error {
  /** With its prefix: `sf:` for Salesforce's own codes. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = "Fault";
    this.code = code;
  }
}

/** A fault of Salesforce's own; its text begins with the code. */
export function sfFault(code: string, message: string): Fault {
  return new Fault(`sf:${code}`, `${code}: ${message}`);
}

/** A request that the schema of the API version does not allow; answered as a fault. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
}
