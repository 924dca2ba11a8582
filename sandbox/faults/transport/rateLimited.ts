import { bothVendors, type Call, type Fault } from "../fault.ts";
import { vendorError } from "../vendorAnswers.ts";

const error = {
  status: 429,
  genesys: "too.many.requests",
  salesforce: "REQUEST_LIMIT_EXCEEDED",
  message: "Rate limit exceeded the maximum [300] requests within [60] seconds",
};

/** A refusal for too many requests, with whatever the vendor says about when to come back. */
export function tooManyRequests(call: Call, retryAfter?: string): void {
  call.answer(vendorError(call, error, retryAfter === undefined ? {} : { "retry-after": retryAfter }));
}

export const rateLimited: Fault = {
  name: "rate-limited",
  kind: "transport",
  seen: "The vendor says that there were too many requests (429), and to come back in a second.",
  vendors: bothVendors,
  before: (call) => tooManyRequests(call, "1"),
};
