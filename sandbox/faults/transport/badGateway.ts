import { bothVendors, type Fault } from "../fault.ts";
import { vendorError } from "../vendorAnswers.ts";

const error = {
  status: 502,
  genesys: "bad.gateway",
  salesforce: "SERVER_UNAVAILABLE",
  message: "Bad gateway",
};

export const badGateway: Fault = {
  name: "bad-gateway",
  kind: "transport",
  seen: "A machine in front of the vendor gets no answer from it (502); nothing was done.",
  vendors: bothVendors,
  before: (call) => call.answer(vendorError(call, error)),
};
