import type { Fault } from "../fault.ts";

export const clientIdDiffers: Fault = {
  name: "client-id-differs",
  kind: "set",
  seen: "Sign-ins fail at the exchange: the client id in Genesys is not the one in the page.",
  vendors: ["genesys"],
  member: "credential",
  cause: "A2",
  breaks({ genesys, assumptions, chosen, change }) {
    const field = assumptions.genesys.clientIdField.chosen;
    for (const { id } of chosen(genesys.credentials)) {
      change("genesys", ["credentials", id, "fields", field], "3MVG9.of.another.app");
    }
  },
};
