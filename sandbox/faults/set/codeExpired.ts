import type { Fault } from "../fault.ts";
import { formOf, isRedemption } from "./signInRequests.ts";

export const codeExpired: Fault = {
  name: "code-expired",
  kind: "set",
  seen: "Sign-ins fail at the exchange: the code is too old by the time Genesys comes with it.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A16",
  applies: isRedemption,
  before: (call) => {
    const code = call.world.salesforce.artifacts[`AuthorizationCode:${formOf(call).get("code")}`];
    if (code) code.expiresAt = Date.now();
  },
};
