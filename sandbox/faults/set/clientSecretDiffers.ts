import type { Fault } from "../fault.ts";

export const clientSecretDiffers: Fault = {
  name: "client-secret-differs",
  kind: "set",
  seen: "Sign-ins fail at the exchange: the client secret was pasted into Genesys with a space behind it.",
  vendors: ["genesys"],
  member: "credential",
  cause: "A1",
  breaks({ genesys, assumptions, chosen, change }) {
    const field = assumptions.genesys.clientSecretField.chosen;
    for (const { id, fields } of chosen(genesys.credentials)) {
      change("genesys", ["credentials", id, "fields", field], `${fields[field]} `);
    }
  },
};
