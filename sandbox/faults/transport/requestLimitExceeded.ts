import type { Fault } from "../fault.ts";
import { vendorError } from "../vendorAnswers.ts";

export const requestLimitExceeded: Fault = {
  name: "request-limit-exceeded",
  kind: "transport",
  seen: "Salesforce refuses further requests since the org's daily limit is used up.",
  vendors: ["salesforce"],
  applies: ({ path }) => path.startsWith("/services/data/") || path.startsWith("/services/Soap/"),
  before: (call) =>
    call.answer(
      vendorError(call, {
        status: call.operation === undefined ? 403 : 500,
        genesys: "",
        salesforce: "REQUEST_LIMIT_EXCEEDED",
        message: "TotalRequests Limit exceeded.",
      }),
    ),
};
