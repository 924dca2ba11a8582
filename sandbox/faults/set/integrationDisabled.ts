import type { Fault } from "../fault.ts";

export const integrationDisabled: Fault = {
  name: "integration-disabled",
  kind: "set",
  seen: "Sign-ins fail at the exchange: the integration is switched off.",
  vendors: ["genesys"],
  member: "integration",
  cause: "A5",
  breaks({ genesys, chosen, change }) {
    for (const { id } of chosen(genesys.integrations)) {
      change("genesys", ["integrations", id, "intendedState"], "DISABLED");
    }
  },
};
