import { bothVendors, type Fault } from "../fault.ts";

export const truncatedBody: Fault = {
  name: "truncated-body",
  kind: "transport",
  seen: "What was asked for has been done, but the connection breaks in the middle of the answer.",
  vendors: bothVendors,
  after: (answer) => ({ ...answer, sent: "half" }),
};
