import {
  type Caller,
  create,
  type Draft,
  demand,
  demandRead,
  listedName,
  METADATA_TYPES,
  metadataType,
  read,
  remove,
  update,
  upsert,
} from "./calls.ts";
import { componentsOf } from "./components.ts";
import { fileProperties } from "./fileProperties.ts";
import { type MetadataType, SaveError, sfFault } from "./metadataType.ts";
import { savepoint } from "./savepoint.ts";
import { parseDraft } from "./schema.ts";
import { xsiType } from "./soap.ts";
import { children, type Node, textIn, texts } from "./xml.ts";

/** A call of the Metadata API, and who makes it. */
export interface SoapCall extends Caller {
  body: Node;
  /** Whether the components of the call are to be saved all together or not at all. */
  allOrNone: boolean;
}

/** The synchronous calls on components; each answers what comes as `result`. */
export const COMPONENT_CALLS: Record<string, (call: SoapCall) => unknown[]> = {
  createMetadata: (call) => saveEach(call, create),
  updateMetadata: (call) => saveEach(call, update),
  upsertMetadata: upsertEach,
  deleteMetadata: deleteEach,
  renameMetadata: rename,
  readMetadata: readEach,
  listMetadata: listEach,
  describeMetadata: (call) => [describe(call)],
};

/** One component of a call: its name, and what is done with it. */
interface Save {
  fullName: string | undefined;
  /** Answers what the result says besides success; throws `SaveError`. */
  run(): object;
}

function saveEach(call: SoapCall, save: (caller: Caller, type: MetadataType, draft: Draft) => unknown) {
  return saveDrafts(call, (type, draft) => {
    save(call, type, draft);
    return {};
  });
}

function upsertEach(call: SoapCall) {
  if (call.org.assumptions.upsert.chosen === "refused") {
    throw sfFault("FUNCTIONALITY_NOT_ENABLED", "upsertMetadata is not available for this type.");
  }
  return saveDrafts(call, (type, draft) => ({ created: upsert(call, type, draft) }));
}

function saveDrafts(call: SoapCall, save: (type: MetadataType, draft: Draft) => object) {
  const nodes = atMost(call.org.assumptions.componentsPerCall.chosen, children(call.body, "metadata"));
  const type = metadataType(call.version, typeOfAll(nodes));
  demand(call, type.permission);
  const strictOrder = call.org.assumptions.elementOrder.chosen === "wsdl";
  const drafts = nodes.map((node) => parseDraft(node, type, call.version, strictOrder));
  return outcomes(
    call,
    drafts.map((draft) => ({ fullName: draft.fullName, run: () => save(type, draft) })),
  );
}

/** One call takes components of one type only. */
function typeOfAll(nodes: Node[]): string | undefined {
  const names = new Set(nodes.map(xsiType));
  if (names.size > 1) throw sfFault("INVALID_TYPE", "All components of a call must be of the same type.");
  return [...names][0];
}

function deleteEach(call: SoapCall) {
  const type = metadataType(call.version, textIn(call.body, "type"));
  demand(call, type.permission);
  const names = atMost(call.org.assumptions.componentsPerCall.chosen, texts(call.body, "fullNames"));
  const deletion = (fullName: string) => {
    remove(call, type, fullName);
    return {};
  };
  return outcomes(
    call,
    names.map((fullName) => ({ fullName, run: () => deletion(fullName) })),
  );
}

function rename({ org, version, body }: SoapCall): never {
  const type = metadataType(version, textIn(body, "type"));
  throw sfFault(org.assumptions.renameCode.chosen, `Components of type ${type.name} cannot be renamed.`);
}

/** Components succeed and fail one by one, unless the call is all or none. */
function outcomes({ org, allOrNone }: SoapCall, saves: Save[]) {
  const undo = allOrNone ? savepoint(org) : undefined;
  const results = saves.map(outcome);
  const isUndone = undo !== undefined && results.some(({ success }) => !success);
  if (isUndone) undo();
  org.store.save();
  return isUndone
    ? results.map((result) => (result.success ? rolledBack(result.fullName) : result))
    : results;
}

function outcome({ fullName, run }: Save) {
  try {
    return { ...run(), fullName, success: true };
  } catch (error) {
    if (!(error instanceof SaveError)) throw error;
    return failure(fullName, error);
  }
}

function failure(fullName: string | undefined, { fields, message, statusCode }: SaveError) {
  return { errors: { fields, message, statusCode }, fullName: fullName ?? "", success: false };
}

function rolledBack(fullName: string | undefined) {
  const reason =
    "Record rolled back because not all records were valid and the request was using AllOrNone header";
  return failure(fullName, new SaveError("ALL_OR_NONE_OPERATION_ROLLED_BACK", reason));
}

function readEach(call: SoapCall) {
  const type = metadataType(call.version, textIn(call.body, "type"));
  demandRead(call, type);
  const names = atMost(call.org.assumptions.componentsPerCall.chosen, texts(call.body, "fullNames"));
  return [{ records: names.map((name) => record(call, type, name)) }];
}

function record(caller: Caller, type: MetadataType, name: string) {
  const fields = read(caller, type, name);
  return fields === undefined ? { "@xsi:nil": "true" } : { "@xsi:type": type.name, ...fields };
}

function listEach(call: SoapCall) {
  const queries = atMost(call.org.assumptions.queriesPerList.chosen, children(call.body, "queries"));
  return queries.flatMap((query) => {
    const type = metadataType(call.version, textIn(query, "type"));
    demandRead(call, type);
    return componentsOf(call.org, type.name).map((component) => fileProperties(call, type, component));
  });
}

function describe({ version }: Caller) {
  const types = METADATA_TYPES.filter((type) => version >= type.since);
  return {
    metadataObjects: types.map((type) => ({
      directoryName: type.directory,
      inFolder: false,
      metaFile: false,
      suffix: type.suffix,
      xmlName: listedName(type),
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
