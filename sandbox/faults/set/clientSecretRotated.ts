import { randomBytes } from "node:crypto";
import type { Fault } from "../fault.ts";

export const clientSecretRotated: Fault = {
  name: "client-secret-rotated",
  kind: "set",
  seen: "Sign-ins fail at the exchange: somebody rotated the client secret in Salesforce, Genesys has the old one.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A1",
  breaks({ salesforce, chosen, change }) {
    for (const { id } of chosen(salesforce.consumers)) {
      change("salesforce", ["consumers", id, "secret"], randomBytes(32).toString("hex").toUpperCase());
    }
  },
};
