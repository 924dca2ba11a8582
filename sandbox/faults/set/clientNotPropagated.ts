import type { Fault } from "../fault.ts";
import { json } from "../vendorAnswers.ts";
import { isRedemption } from "./signInRequests.ts";

export const clientNotPropagated: Fault = {
  name: "client-not-propagated",
  kind: "set",
  seen: "Sign-ins fail at the exchange right after set-up: one of Salesforce's servers does not know the new client yet.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A21",
  applies: isRedemption,
  before: (call) =>
    call.answer(json(400, { error: "invalid_client_id", error_description: "client identifier invalid" })),
};
