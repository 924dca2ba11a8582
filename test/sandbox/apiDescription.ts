import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

/** A request and its answer as they went over the socket; bodies are parsed JSON, undefined where there is none. */
export interface Exchanged {
  method: string;
  /** With its query. */
  path: string;
  body: unknown;
  status: number;
  answer: unknown;
}

export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  required?: string[];
  readOnly?: boolean;
}

interface Parameter extends Omit<Schema, "required"> {
  name: string;
  in: "path" | "query" | "header" | "body";
  required?: boolean;
  schema?: Schema;
}

interface Operation {
  operationId: string;
  parameters: Parameter[];
  responses: Record<string, { schema?: Schema }>;
}

interface Description {
  paths: Record<string, Record<string, Operation>>;
  definitions: Record<string, Schema>;
}

/** One operation and where it stands in the description. */
export interface Described extends Operation {
  method: string;
  /** With placeholders in braces. */
  template: string;
  pointer: string;
}

/*
 * A reading of the API description that shares no code with the sandbox: the sandbox's own check must not be what
 * finds its answers right.
 */
const file = new URL("../../sandbox/genesys/openapi.json", import.meta.url);
export const description = JSON.parse(readFileSync(file, "utf8")) as Description;

const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
formats.default(ajv);
ajv.addSchema({ $id: "api", ...knowingNoOther(description) });
const compiled = new Map<string, ValidateFunction>();

/** A definition that lists its properties has no others. */
function knowingNoOther({ paths, definitions }: Description): Description {
  const closed = Object.entries(definitions).map(([name, schema]) => [
    name,
    { additionalProperties: schema.properties === undefined, ...schema },
  ]);
  return { paths, definitions: Object.fromEntries(closed) };
}

export const describedOperations: readonly Described[] = Object.entries(description.paths).flatMap(
  ([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      template,
      pointer: `/paths/${template.replaceAll("~", "~0").replaceAll("/", "~1")}/${method}`,
    })),
);

/** The operation that a request is meant for; a path without placeholders wins over one with. */
export function operationOf(method: string, path: string): Described | undefined {
  const { pathname } = new URL(path, "http://api");
  const [best] = describedOperations
    .filter((operation) => operation.method === method && patternOf(operation.template).test(pathname))
    .sort((a, b) => placeholders(a).length - placeholders(b).length);
  return best;
}

const patternOf = (template: string): RegExp => new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`);

export const placeholders = ({ template }: Described): string[] => template.match(/\{\w+\}/g) ?? [];

/** What the description has against the answer; nothing when all is well. */
export function answerFaults({ method, path, status, answer }: Exchanged): string[] {
  const operation = operationOf(method, path);
  if (status >= 400) {
    // The vendor describes no 409 for any of these operations; where the sandbox answers one, that is an assumption.
    const described = status === 409 || operation === undefined || status in operation.responses;
    return [
      ...(described ? [] : [`${operation.operationId} describes no ${status}`]),
      ...problems("/definitions/ErrorBody", answer),
    ];
  }
  if (operation === undefined) return [`${method} ${path} is not described, and answered ${status}`];
  const response = operation.responses[status];
  if (response === undefined) return [`${operation.operationId} describes no ${status}`];
  if (response.schema === undefined) return answer === undefined ? [] : ["a body, where none is described"];
  return problems(`${operation.pointer}/responses/${status}/schema`, answer);
}

/** What the description has against the request; nothing when all is well. */
export function requestFaults({ method, path, body }: Exchanged): string[] {
  const operation = operationOf(method, path);
  if (operation === undefined) return [`${method} ${path} is not described`];
  const index = operation.parameters.findIndex((parameter) => parameter.in === "body");
  return [...queryFaults(operation, path), ...bodyFaults(operation, index, body)];
}

function bodyFaults({ parameters, pointer }: Described, index: number, body: unknown): string[] {
  if (index < 0) return body === undefined ? [] : ["a body, where none is described"];
  if (body === undefined) return parameters[index]?.required ? ["no body"] : [];
  return problems(`${pointer}/parameters/${index}/schema`, body);
}

function queryFaults({ parameters }: Described, path: string): string[] {
  const given = new URL(path, "http://api").searchParams;
  const known = parameters.filter((parameter) => parameter.in === "query");
  const unknown = [...given.keys()].filter((key) => !known.some(({ name }) => name === key));
  const wrong = known.flatMap(({ name, type, items, enum: allowed }) =>
    given.getAll(name).filter((text) => !fits(text, { type, items, enum: allowed })),
  );
  return [
    ...unknown.map((key) => `unknown query parameter ${key}`),
    ...wrong.map((text) => `query value ${text}`),
  ];
}

function fits(text: string, { type, items, enum: allowed }: Schema): boolean {
  if (type === "array") return text.split(",").every((element) => fits(element, items ?? {}));
  if (allowed !== undefined) return allowed.includes(text);
  if (type === "integer") return /^-?\d+$/.test(text);
  return type !== "boolean" || ["true", "false"].includes(text);
}

function problems(pointer: string, value: unknown): string[] {
  const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `api#${pointer}` });
  compiled.set(pointer, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || "it"} ${message} ${JSON.stringify(params)}`,
  );
}
