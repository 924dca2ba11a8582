import type { Call, Fault } from "../fault.ts";

/** Long enough ago that no cache of the CDN can be the reason. */
const HOURS_AGO_MS = 2 * 60 * 60 * 1000;

export const deploymentOfOtherRegion: Fault = {
  name: "deployment-of-other-region",
  kind: "set",
  seen: "The messenger does not load and sign-ins fail at the exchange: the region that the page talks to does not know its deployment.",
  vendors: ["genesys"],
  member: "deployment",
  cause: "B2",
  breaks({ genesys, chosen, change }) {
    const since = new Date(Date.now() - HOURS_AGO_MS).toISOString();
    for (const { id } of chosen(genesys.deployments)) {
      change("genesys", ["deployments", id, "dateModified"], since);
    }
  },
  applies: ({ method, path }) =>
    path.startsWith("/webdeployments/v1/") ||
    (method === "POST" && path.startsWith("/api/v2/webdeployments/token/")),
  before: ({ world, options, see }) => see({ deployments: otherDeployments(world, options) }),
};

/** What pages ask about is not there; the management API, which is asked in the right region, has it. */
function otherDeployments({ genesys }: Call["world"], { member }: Call["options"]) {
  const others = Object.entries(genesys.deployments).filter(
    ([id, { name }]) => member !== undefined && ![id, name].includes(member),
  );
  return Object.fromEntries(others);
}
