import { bothVendors, type Fault } from "../fault.ts";

export const lostResponse: Fault = {
  name: "lost-response",
  kind: "transport",
  seen: "The connection breaks before any answer arrives, but what was asked for has been done.",
  vendors: bothVendors,
  after: (answer) => ({ ...answer, sent: "nothing" }),
};
