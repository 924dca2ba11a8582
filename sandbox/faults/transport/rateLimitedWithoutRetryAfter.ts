import { bothVendors, type Fault } from "../fault.ts";
import { tooManyRequests } from "./rateLimited.ts";

export const rateLimitedWithoutRetryAfter: Fault = {
  name: "rate-limited-without-retry-after",
  kind: "transport",
  seen: "The vendor says that there were too many requests (429), but not when to come back.",
  vendors: bothVendors,
  before: (call) => tooManyRequests(call),
};
