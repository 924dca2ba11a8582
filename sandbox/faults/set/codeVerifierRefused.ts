import type { Fault } from "../fault.ts";
import { formOf, isRedemption } from "./signInRequests.ts";

export const codeVerifierRefused: Fault = {
  name: "code-verifier-refused",
  kind: "set",
  seen: "Sign-ins fail at the exchange: Salesforce takes the code verifier for a wrong one.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A13",
  applies: (call) => isRedemption(call) && formOf(call).has("code_verifier"),
  before: (call) => {
    const form = formOf(call);
    // Of the same length, which the request has stated already.
    form.set("code_verifier", [...(form.get("code_verifier") ?? "")].toReversed().join(""));
    call.request.body = Buffer.from(form.toString());
  },
};
