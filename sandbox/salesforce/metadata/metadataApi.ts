import type { FastifyInstance } from "fastify";
import { type Org, sessionUser } from "../org.ts";
import { isSupportedVersion } from "../versions.ts";
import {
  type Caller,
  create,
  type Draft,
  demand,
  list,
  METADATA_TYPES,
  metadataType,
  read,
  remove,
  update,
} from "./calls.ts";
import { Fault, type MetadataType, SaveError, SchemaError, sfFault } from "./metadataType.ts";
import {
  child,
  faultResponse,
  type Node,
  parseDraft,
  parseRequest,
  response,
  texts,
  xsiType,
} from "./soap.ts";

/** The SOAP Metadata API, `POST /services/Soap/m/{version}`. */
export function addMetadataApi(app: FastifyInstance, org: Org): void {
  app.addContentTypeParser("text/xml", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.post<{ Params: { version: string }; Body: unknown }>(
    "/services/Soap/m/:version",
    async (request, reply) => {
      reply.type("text/xml; charset=utf-8");
      try {
        return answer(org, request.params.version, String(request.body ?? ""));
      } catch (error) {
        if (error instanceof Fault) return reply.code(500).send(faultResponse(error));
        if (!(error instanceof SchemaError)) throw error;
        const fault = new Fault(org.assumptions.schemaFaultCode.chosen, error.message);
        return reply.code(500).send(faultResponse(fault));
      }
    },
  );
}

function answer(org: Org, version: string, xml: string): string {
  const { sessionId, operation, body } = parseRequest(xml);
  const user = sessionUser(org, sessionId);
  if (!isSupportedVersion(version))
    throw sfFault("UNSUPPORTED_API_VERSION", `Invalid Api version: ${version}`);
  if (user === undefined) {
    throw sfFault(
      "INVALID_SESSION_ID",
      "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash",
    );
  }
  const caller = { org, user, version: Number(version) };
  const run = OPERATIONS[operation];
  if (run === undefined) throw new SchemaError(`No operation available for request {${operation}}`);
  demand(caller, "ModifyMetadata");
  return response(operation, run(caller, body));
}

/** What is answered as `result`, by the name of the operation. */
const OPERATIONS: Record<string, (caller: Caller, body: Node) => unknown[]> = {
  createMetadata: (caller, body) => saveEach(caller, body, create),
  updateMetadata: (caller, body) => saveEach(caller, body, update),
  readMetadata: readEach,
  deleteMetadata: deleteEach,
  listMetadata: listEach,
  describeMetadata: (caller) => [describe(caller)],
  deploy: notYet,
  checkDeployStatus: notYet,
  cancelDeploy: notYet,
  retrieve: notYet,
  checkRetrieveStatus: notYet,
  upsertMetadata: notYet,
  renameMetadata: notYet,
};

function notYet(): never {
  throw sfFault("FUNCTIONALITY_NOT_ENABLED", "The sandbox does not offer this operation.");
}

function saveEach(
  caller: Caller,
  body: Node,
  save: (caller: Caller, type: MetadataType, draft: Draft) => void,
): unknown[] {
  const nodes = atMost(caller.org.assumptions.componentsPerCall.chosen, child(body, "metadata"));
  const type = metadataType(caller.version, typeOfAll(nodes));
  demand(caller, type.permission);
  const strictOrder = caller.org.assumptions.elementOrder.chosen === "wsdl";
  const drafts = nodes.map((node) => parseDraft(node, type, caller.version, strictOrder));
  return drafts.map((draft) => outcome(caller, draft.fullName, () => save(caller, type, draft)));
}

/** One call takes components of one type only. */
function typeOfAll(nodes: Node[]): string | undefined {
  const names = new Set(nodes.map(xsiType));
  if (names.size > 1) throw sfFault("INVALID_TYPE", "All components of a call must be of the same type.");
  return [...names][0];
}

function deleteEach(caller: Caller, body: Node): unknown[] {
  const type = metadataType(caller.version, texts(body, "type")[0]);
  demand(caller, type.permission);
  const names = atMost(caller.org.assumptions.componentsPerCall.chosen, texts(body, "fullNames"));
  return names.map((name) => outcome(caller, name, () => remove(caller, type, name)));
}

/** Components succeed and fail one by one; each success is kept at once. */
function outcome({ org }: Caller, fullName: string | undefined, save: () => void) {
  try {
    save();
    org.store.save();
    return { fullName, success: true };
  } catch (error) {
    if (!(error instanceof SaveError)) throw error;
    const { fields, message, statusCode } = error;
    return { errors: { fields, message, statusCode }, fullName: fullName ?? "", success: false };
  }
}

function readEach(caller: Caller, body: Node): unknown[] {
  const type = metadataType(caller.version, texts(body, "type")[0]);
  demandRead(caller, type);
  const names = atMost(caller.org.assumptions.componentsPerCall.chosen, texts(body, "fullNames"));
  return [{ records: names.map((name) => record(caller, type, name)) }];
}

function record(caller: Caller, type: MetadataType, name: string) {
  const fields = read(caller, type, name);
  return fields === undefined ? { "@xsi:nil": "true" } : { "@xsi:type": type.name, ...fields };
}

function listEach(caller: Caller, body: Node): unknown[] {
  const types = atMost(caller.org.assumptions.queriesPerList.chosen, child(body, "queries")).map(
    (query) => texts(query, "type")[0] ?? "",
  );
  return types.flatMap((name) =>
    list(caller, name).map(({ type, component }) => {
      demandRead(caller, type);
      return {
        createdById: userId(caller, component.createdBy),
        createdByName: component.createdBy,
        createdDate: component.createdAt,
        fileName: `${type.directory}/${component.fullName}.${type.suffix}`,
        fullName: component.fullName,
        id: component.id,
        lastModifiedById: userId(caller, component.modifiedBy),
        lastModifiedByName: component.modifiedBy,
        lastModifiedDate: component.modifiedAt,
        manageableState: "unmanaged",
        type: name,
      };
    }),
  );
}

/** Apps, settings and policies are visible to their viewers; other metadata to everyone who may call at all. */
function demandRead(caller: Caller, type: MetadataType) {
  if (type.permission !== "ModifyMetadata") demand(caller, "ExternalClientAppViewer");
}

function userId({ org }: Caller, username: string): string {
  return org.store.state.users.find((user) => user.username === username)?.id ?? "";
}

function describe({ version }: Caller) {
  const types = METADATA_TYPES.filter((type) => version >= type.since && type.directory !== "settings");
  const settings = { name: "Settings", directory: "settings", suffix: "settings" };
  return {
    metadataObjects: [...types, settings].map(({ name, directory, suffix }) => ({
      directoryName: directory,
      inFolder: false,
      metaFile: false,
      suffix,
      xmlName: name,
    })),
    organizationNamespace: "",
    partialSaveAllowed: true,
    testRequired: false,
  };
}

function atMost<Item>(limit: number, items: Item[]): Item[] {
  if (items.length <= limit) return items;
  throw sfFault(
    "EXCEEDED_ID_LIMIT",
    `record limit reached. cannot submit more than ${limit} records into this call`,
  );
}
