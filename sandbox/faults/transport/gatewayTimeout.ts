import { bothVendors, type Fault } from "../fault.ts";
import { vendorError } from "../vendorAnswers.ts";

const error = {
  status: 504,
  genesys: "request.timeout",
  salesforce: "SERVER_UNAVAILABLE",
  message: "The request timed out.",
};

export const gatewayTimeout: Fault = {
  name: "gateway-timeout",
  kind: "transport",
  seen: "A machine in front of the vendor gives up waiting for it (504); nothing was done.",
  vendors: bothVendors,
  before: (call) => call.answer(vendorError(call, error)),
};
