import type { Call, Fault } from "../fault.ts";

export const versionConflict: Fault = {
  name: "version-conflict",
  kind: "transport",
  seen: "Somebody else saves an integration's configuration right before, so that Genesys refuses the older version.",
  vendors: ["genesys"],
  member: "integration",
  applies: (call) => call.method === "PUT" && integrationOf(call) !== undefined,
  before: (call) => {
    const integration = integrationOf(call);
    if (integration) integration.config.version += 1;
  },
};

function integrationOf({ path, world }: Call) {
  const id = /^\/api\/v2\/integrations\/([^/]+)\/config\/current$/.exec(path)?.[1];
  return id === undefined ? undefined : world.genesys.integrations[id];
}
