import { bothVendors, type Call, type Fault } from "../fault.ts";

/** The lists of Genesys, by the kind of object they show. */
const LISTS = {
  "/api/v2/integrations": "integrations",
  "/api/v2/integrations/credentials": "credentials",
  "/api/v2/integrations/credentials/listing": "credentials",
  "/api/v2/webdeployments/configurations": "configurations",
  "/api/v2/webdeployments/deployments": "deployments",
} as const;

export const listsMissNewest: Fault = {
  name: "lists-miss-newest",
  kind: "transport",
  seen: "A list does not show the newest object yet, although the object itself can be read.",
  vendors: bothVendors,
  applies: ({ method, path, operation }) =>
    operation === "listMetadata" || (method === "GET" && (path in LISTS || path.endsWith("/query"))),
  before: (call) => (call.vendor === "genesys" ? withoutNewestObject(call) : withoutNewestComponents(call)),
};

function withoutNewestObject({ path, world, see }: Call): void {
  const kind = LISTS[path as keyof typeof LISTS];
  see({ [kind]: Object.fromEntries(Object.entries(world.genesys[kind]).slice(0, -1)) });
}

/** Of each type, since one list may show several. */
function withoutNewestComponents({ world, see }: Call): void {
  const { components } = world.salesforce;
  const newest = new Map(components.map((component) => [component.type, component]));
  see({ components: components.filter((component) => newest.get(component.type) !== component) });
}
