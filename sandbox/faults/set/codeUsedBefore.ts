import type { Fault } from "../fault.ts";
import { formOf, isRedemption } from "./signInRequests.ts";

export const codeUsedBefore: Fault = {
  name: "code-used-before",
  kind: "set",
  seen: "Sign-ins fail at the exchange: the code has been redeemed by the time Genesys comes with it.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A15",
  applies: isRedemption,
  before: (call) => {
    const code = call.world.salesforce.artifacts[`AuthorizationCode:${formOf(call).get("code")}`];
    if (code) code.payload.consumed = Math.floor(Date.now() / 1000);
  },
};
