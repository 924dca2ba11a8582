import { bothVendors, type Fault } from "../fault.ts";
import { tooManyRequests } from "./rateLimited.ts";

/** HTTP dates know no parts of a second. */
const inTwoSeconds = () => new Date(Date.now() + 2_000).toUTCString();

export const rateLimitedUntilDate: Fault = {
  name: "rate-limited-until-date",
  kind: "transport",
  seen: "The vendor says that there were too many requests (429), and at what time to come back.",
  vendors: bothVendors,
  before: (call) => tooManyRequests(call, inTwoSeconds()),
};
