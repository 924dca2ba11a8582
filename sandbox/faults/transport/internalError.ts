import { bothVendors, type Fault } from "../fault.ts";
import { vendorError } from "../vendorAnswers.ts";

const error = {
  status: 500,
  genesys: "internal.server.error",
  salesforce: "UNKNOWN_EXCEPTION",
  message: "An unexpected error occurred.",
};

export const internalError: Fault = {
  name: "internal-error",
  kind: "transport",
  seen: "The vendor fails (500); nothing was done.",
  vendors: bothVendors,
  before: (call) => call.answer(vendorError(call, error)),
};
