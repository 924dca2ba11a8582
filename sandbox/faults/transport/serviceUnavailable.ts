import { bothVendors, type Fault } from "../fault.ts";
import { vendorError } from "../vendorAnswers.ts";

const error = {
  status: 503,
  genesys: "service.unavailable",
  salesforce: "SERVER_UNAVAILABLE",
  message: "The service is temporarily unavailable.",
};

export const serviceUnavailable: Fault = {
  name: "service-unavailable",
  kind: "transport",
  seen: "The vendor is not available (503); nothing was done.",
  vendors: bothVendors,
  before: (call) => call.answer(vendorError(call, error)),
};
