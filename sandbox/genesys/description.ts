import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { badRequest, type Detail } from "./errors.ts";
import type { Document } from "./org.ts";

interface Schema extends Document {
  $ref?: string;
  properties?: Record<string, Schema & { readOnly?: boolean }>;
  required?: string[];
}

interface Parameter extends Document {
  name: string;
  in: "path" | "query" | "header" | "body";
  required?: boolean;
  schema?: Schema;
}

interface DescribedOperation {
  operationId: string;
  parameters: Parameter[];
  responses: Record<string, { schema?: Schema }>;
  "x-inin-requires-permissions": { type: "ANY" | "ALL"; permissions: string[] };
}

interface Description {
  paths: Record<string, Record<string, DescribedOperation>>;
  definitions: Record<string, Schema>;
}

/** One operation of the API description, with its checks. */
export interface Operation {
  id: string;
  /** Upper case. */
  method: string;
  /** As a route: `/api/v2/integrations/:integrationId`. */
  route: string;
  successStatus: number;
  permissions: { type: "ANY" | "ALL"; permissions: readonly string[] };
  /** Path, query and header parameters with their types, and the body without read-only properties, or a 400. */
  checkRequest(request: RawRequest): { params: Record<string, string>; query: Document; body: Document };
  /** What is wrong with an answer, if anything: a fault of the sandbox itself. */
  faultOf(answer: unknown): string | undefined;
}

export interface RawRequest {
  params: unknown;
  query: unknown;
  headers: unknown;
  body: unknown;
}

const description: Description = JSON.parse(
  readFileSync(new URL("./openapi.json", import.meta.url), "utf8"),
) as Description;

/**
 * All operations of the API description. `ignoreUnknown` drops unknown body properties instead of refusing.
 * Their checks are compiled once, and are the same for all orgs of a process.
 */
export function describedOperations({ ignoreUnknown }: { ignoreUnknown: boolean }): readonly Operation[] {
  return ignoreUnknown ? tolerantOperations() : strictOperations();
}

const strictOperations = once(() => compileOperations({ ignoreUnknown: false }));
const tolerantOperations = once(() => compileOperations({ ignoreUnknown: true }));

function compileOperations({ ignoreUnknown }: { ignoreUnknown: boolean }): Operation[] {
  const requests = ajvFor({ removeAdditional: ignoreUnknown });
  const answers = ajvFor({ removeAdditional: false });
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => {
      const [successStatus, success] = successOf(operation);
      const checkParams = parameterCheck(operation, "path");
      const checkQuery = parameterCheck(operation, "query");
      const checkHeaders = parameterCheck(operation, "header");
      const checkBody = bodyCheck(operation, requests);
      const { schema } = success;
      const validateAnswer = schema && once(() => answers.compile(inDescription(schema)));
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        route: path.replaceAll(/\{(\w+)\}/g, ":$1"),
        successStatus,
        permissions: operation["x-inin-requires-permissions"],
        checkRequest: ({ params, query, headers, body }) => {
          checkHeaders(headers);
          return {
            params: checkParams(params) as Record<string, string>,
            query: checkQuery(query),
            body: checkBody(body),
          };
        },
        faultOf: (answer) => answerFault(operation.operationId, validateAnswer?.(), answer),
      };
    }),
  );
}

/** Every permission that some operation asks for. */
export const allPermissions: readonly string[] = [
  ...new Set(
    Object.values(description.paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap((operation) => operation["x-inin-requires-permissions"].permissions),
  ),
];

/**
 * Properties that the description requires but real clients leave out successfully: CX as Code installs an
 * integration without a name, and the mobile SDK sends no redirectUri with an ID token and no deploymentId
 * with a refresh token.
 */
const REQUIRED_ON_PAPER_ONLY: Record<string, string[]> = {
  CreateIntegrationRequest: ["name"],
  WebDeploymentsOAuthRequestParameters: ["redirectUri"],
  WebDeploymentsRefreshJWTRequest: ["deploymentId"],
};

function ajvFor(options: { removeAdditional: boolean }): Ajv {
  const ajv = new Ajv({ ...options, strict: false, allErrors: true, validateSchema: false });
  formats.default(ajv);
  const definitions = Object.entries(description.definitions).map(([name, schema]) => [
    name,
    closed({
      ...schema,
      required: schema.required?.filter((key) => !REQUIRED_ON_PAPER_ONLY[name]?.includes(key)) ?? [],
    }),
  ]);
  ajv.addSchema({ $id: "genesys", definitions: Object.fromEntries(definitions) });
  return ajv;
}

/** Compiling takes longer than all of a small test, so each check is compiled when it is first needed. */
function once<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** A definition with properties knows no others; one without is free. */
const closed = (schema: Schema): Schema =>
  schema.properties === undefined ? schema : { ...schema, additionalProperties: false };

/** The schema with its references pointing at the definitions that were added under the name `genesys`. */
const inDescription = (schema: Schema): Schema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/definitions/', '"genesys#/definitions/'));

function successOf(operation: DescribedOperation): [number, { schema?: Schema }] {
  const found = Object.entries(operation.responses).find(([status]) => status.startsWith("2"));
  if (!found) throw new Error(`${operation.operationId} describes no success.`);
  return [Number(found[0]), found[1]];
}

/** Parameters arrive as text: they get their type, and their default when left out. */
const parameterAjv = new Ajv({ strict: false, allErrors: true, coerceTypes: "array", useDefaults: true });

function parameterCheck(operation: DescribedOperation, place: Parameter["in"]): (raw: unknown) => Document {
  const parameters = operation.parameters.filter((parameter) => parameter.in === place);
  const schema = {
    type: "object",
    properties: Object.fromEntries(
      parameters.map(({ name, in: _, required: __, ...type }) => [key(name), type]),
    ),
    required: parameters.filter((parameter) => parameter.required).map(({ name }) => key(name)),
  };
  const validate = once(() => parameterAjv.compile(schema));
  return (raw) => checked(validate(), structuredClone({ ...(raw as object) }) as Document, place);

  /** Node gives header names in lower case. */
  function key(name: string): string {
    return place === "header" ? name.toLowerCase() : name;
  }
}

function bodyCheck(operation: DescribedOperation, ajv: Ajv): (raw: unknown) => Document {
  const schema = operation.parameters.find((parameter) => parameter.in === "body")?.schema;
  if (schema === undefined) return () => ({});
  const validate = once(() => ajv.compile(inDescription(schema)));
  const readOnly = readOnlyProperties(schema);
  return (raw) => {
    const body = raw ?? {};
    if (typeof body !== "object" || Array.isArray(body)) throw badRequest("The body must be a JSON object.");
    const writable = Object.entries(body).filter(([name]) => !readOnly.includes(name));
    return checked(validate(), structuredClone(Object.fromEntries(writable)), "body");
  };
}

/** Only the body's own: inside it, a reference such as `{id}` consists of properties that are read-only there. */
function readOnlyProperties(schema: Schema): string[] {
  const name = schema.$ref?.split("/").at(-1) ?? "";
  const properties = description.definitions[name]?.properties ?? {};
  return Object.keys(properties).filter((property) => properties[property]?.readOnly);
}

function checked(validate: ValidateFunction, value: Document, place: string): Document {
  if (validate(value)) return value;
  const details = problems(validate, place);
  throw badRequest(
    `The request is not valid: ${details.map(({ errorCode }) => errorCode).join("; ")}`,
    details,
  );
}

function problems(validate: ValidateFunction, place: string): Detail[] {
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const extra = params.missingProperty ?? params.additionalProperty;
    const field = [...instancePath.split("/").slice(1), ...(extra ? [extra] : [])].join(".");
    return { errorCode: `${field || place} ${message}`, fieldName: field || place };
  });
}

function answerFault(
  id: string,
  validate: ValidateFunction | undefined,
  answer: unknown,
): string | undefined {
  if (validate === undefined) {
    return answer === undefined ? undefined : `${id} answered a body, the description has none`;
  }
  if (validate(answer)) return undefined;
  const faults = problems(validate, "answer").map(({ errorCode }) => errorCode);
  return `${id} answered against its description: ${faults.join("; ")}`;
}
