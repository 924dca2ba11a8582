import type { Fault } from "../fault.ts";
import { writeField } from "./writtenCredential.ts";

export const clientIdDiffers: Fault = {
  name: "client-id-differs",
  kind: "set",
  seen: "Sign-ins fail at the exchange: the client id in Genesys is not the one in the page.",
  vendors: ["genesys"],
  member: "credential",
  cause: "A2",
  breaks: (set) =>
    writeField(set, set.assumptions.genesys.clientIdField.chosen, () => "3MVG9.of.another.app"),
};
