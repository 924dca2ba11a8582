import { inUse } from "../../genesys/errors.ts";
import { membersOf } from "../../managementRequests.ts";
import { parseRequest, response, texts } from "../../salesforce/metadata/soap.ts";
import { bothVendors, type Call, type Fault } from "../fault.ts";
import { vendorError } from "../vendorAnswers.ts";

export const deleteRefused: Fault = {
  name: "delete-refused",
  kind: "transport",
  seen: "The vendor does not delete an object as long as another one refers to it.",
  vendors: bothVendors,
  applies: (call) => (call.operation === "deleteMetadata" ? appsInUse(call).length > 0 : isReferred(call)),
  before: (call) => (call.operation === "deleteMetadata" ? refuseApps(call) : refuseObject(call)),
};

/** Does any other object of the org mention the id? */
function isReferred(call: Call): boolean {
  const id = idOf(call);
  if (call.vendor !== "genesys" || call.method !== "DELETE" || id === "") return false;
  const others = Object.values(membersOf(call.world[call.vendor])).flatMap(Object.values) as { id: string }[];
  return JSON.stringify(others.filter((object) => object.id !== id)).includes(`"${id}"`);
}

const idOf = ({ path }: Call): string =>
  /^\/api\/v2\/(?:integrations|webdeployments)\/(?:\w+\/)?([\da-f-]{36})$/.exec(path)?.[1] ?? "";

function refuseObject(call: Call): void {
  const { status, code, message } = inUse("object", idOf(call));
  call.answer(vendorError(call, { status, genesys: code, salesforce: "", message }));
}

/** The External Client Apps to be deleted that still have settings or policies. */
function appsInUse({ request, world }: Call): string[] {
  const { body } = parseRequest(String(request.body));
  if (texts(body, "type")[0] !== "ExternalClientApplication") return [];
  const parents = world.salesforce.components.map(({ fields }) => fields.externalClientApplication);
  return texts(body, "fullNames").filter((name) => parents.includes(name));
}

function refuseApps(call: Call): void {
  const results = appsInUse(call).map((fullName) => ({
    errors: {
      message: `"${fullName}" is referred to by its settings and policies.`,
      statusCode: "DEPENDENCY_EXISTS",
    },
    fullName,
    success: false,
  }));
  const body = response("deleteMetadata", results);
  call.answer({ status: 200, headers: { "content-type": "text/xml; charset=utf-8" }, body });
}
