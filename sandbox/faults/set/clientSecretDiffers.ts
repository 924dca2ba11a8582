import type { Fault } from "../fault.ts";
import { writeField } from "./writtenCredential.ts";

export const clientSecretDiffers: Fault = {
  name: "client-secret-differs",
  kind: "set",
  seen: "Sign-ins fail at the exchange: the client secret was pasted into Genesys with a space behind it.",
  vendors: ["genesys"],
  member: "credential",
  cause: "A1",
  breaks: (set) =>
    writeField(set, set.assumptions.genesys.clientSecretField.chosen, (before) => `${before} `),
};
