import type { Fault } from "../fault.ts";

export const deploymentInactive: Fault = {
  name: "deployment-inactive",
  kind: "set",
  seen: "The messenger does not load and sign-ins fail at the exchange: the deployment is switched off.",
  vendors: ["genesys"],
  member: "deployment",
  cause: "A6",
  breaks({ genesys, chosen, change }) {
    for (const { id } of chosen(genesys.deployments)) {
      change("genesys", ["deployments", id, "intendedStatus"], "Inactive");
    }
  },
};
