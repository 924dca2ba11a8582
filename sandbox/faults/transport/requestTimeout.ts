import { bothVendors, type Fault } from "../fault.ts";
import { vendorError } from "../vendorAnswers.ts";

const error = {
  status: 408,
  genesys: "request.timeout",
  salesforce: "REQUEST_TIMEOUT",
  message: "The request timed out.",
};

export const requestTimeout: Fault = {
  name: "request-timeout",
  kind: "transport",
  seen: "The vendor says that the request took too long (408); nothing was done.",
  vendors: bothVendors,
  before: (call) => call.answer(vendorError(call, error)),
};
