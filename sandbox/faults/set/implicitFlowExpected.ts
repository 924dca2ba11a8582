import type { Fault } from "../fault.ts";

export const implicitFlowExpected: Fault = {
  name: "implicit-flow-expected",
  kind: "set",
  seen: "Sign-ins fail at the exchange: the integration expects ID tokens by the implicit flow, the page sends codes.",
  vendors: ["genesys"],
  member: "integration",
  cause: "A18",
  breaks({ genesys, assumptions, chosen, change }) {
    const { implicitFlowProperty, implicitFlowType } = assumptions.genesys;
    const on = implicitFlowType.chosen === "boolean" ? true : "True";
    for (const { id } of chosen(genesys.integrations)) {
      change("genesys", ["integrations", id, "config", "properties", implicitFlowProperty.chosen], on);
    }
  },
};
