import type { Fault } from "../fault.ts";
import { vendorError } from "../vendorAnswers.ts";

const error = {
  status: 400,
  genesys: "invalid_request",
  salesforce: "invalid_request",
  message: "rate limit exceeded; too many requests for this client",
};

export const loginLimit: Fault = {
  name: "login-limit",
  kind: "transport",
  seen: "Genesys refuses a log-in for coming too often, in its own way: as a bad request (400).",
  vendors: ["genesys"],
  applies: ({ path }) => path === "/oauth/token",
  before: (call) => call.answer(vendorError(call, error)),
};
