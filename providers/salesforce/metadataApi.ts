import type { Connection } from "@jsforce/jsforce-node";
import type { SOAP } from "@jsforce/jsforce-node/lib/soap.js";
import { readable } from "../answers.ts";
import { anything, listResult, readResult, saveResult } from "./answers.ts";

/** A metadata component as the SOAP API has it: all values are text, absent ones are missing. */
export type MetadataRecord = { fullName: string } & Record<string, unknown>;

/** One entry of listMetadata. */
export interface FileProperties {
  id?: string | undefined;
  fullName: string;
  type: string;
}

/** Saved when it has no errors. */
export interface SaveResult {
  errors: { message: string; statusCode: string }[];
}

/** The calls of the Metadata API. An answer that has not their form throws a `FlawedAnswer`. */
export interface MetadataApi {
  /** The component, or undefined when the org answers that there is none of that name. */
  read(type: string, fullName: string): Promise<MetadataRecord | undefined>;
  create(type: string, record: MetadataRecord): Promise<SaveResult>;
  update(type: string, record: MetadataRecord): Promise<SaveResult>;
  delete(type: string, fullName: string): Promise<SaveResult>;
  list(types: readonly string[]): Promise<FileProperties[]>;
}

/** jsforce's own form of these calls fills in what an answer lacks: a broken one would look empty. */
export function metadataApi(connection: Connection, Soap: typeof SOAP): MetadataApi {
  const { instanceUrl, version } = connection;
  const endpoint = {
    endpointUrl: `${instanceUrl}/services/Soap/m/${version}`,
    xmlns: "http://soap.sforce.com/2006/04/metadata",
  };

  async function call(operation: string, args: object): Promise<unknown> {
    const answer: unknown = await new Soap(connection, endpoint).invoke(operation, args);
    return plain(readable(anything, answer));
  }

  const save = async (operation: string, args: object): Promise<SaveResult> => {
    const { result } = readable(saveResult, await call(operation, args));
    return { errors: result.success === "true" ? [] : result.errors };
  };
  const typed = (type: string, record: MetadataRecord) => ({ metadata: { "@xsi:type": type, ...record } });

  return {
    async read(type, fullName) {
      const answer = await call("readMetadata", { type, fullNames: fullName });
      readable(readResult(type, fullName), answer);
      // As it came: the order of elements counts when it is sent back.
      const { records } = (answer as { result: { records: MetadataRecord | null } }).result;
      return records === null ? undefined : withoutNil(records);
    },
    create: (type, record) => save("createMetadata", typed(type, record)),
    update: (type, record) => save("updateMetadata", typed(type, record)),
    delete: (type, fullName) => save("deleteMetadata", { type, fullNames: fullName }),
    async list(types) {
      const queries = types.map((type) => ({ type }));
      return readable(listResult, await call("listMetadata", { queries, asOfVersion: version })).result;
    },
  };
}

/** Absent and nil both mean that the org has no value; neither is ever sent back. */
function withoutNil<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutNil) as T;
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNil(member)])) as T;
}

type Element = Record<string, unknown> & { $?: Record<string, unknown>; _?: unknown };

/** An element as its text or its children, without attributes; null where it is nil. */
function plain(element: unknown): unknown {
  if (Array.isArray(element)) return element.map(plain);
  if (typeof element !== "object" || element === null) return element;
  const { $: attributes = {}, _: text, ...children } = element as Element;
  if (Object.entries(attributes).some(isNil)) return null;
  const entries = Object.entries(children);
  if (entries.length === 0 && text !== undefined) return text;
  return Object.fromEntries(entries.map(([name, child]) => [name, plain(child)]));
}

function isNil([attribute, value]: [string, unknown]): boolean {
  return /(^|:)nil$/.test(attribute) && (value === "true" || value === "1");
}
