import { bothVendors, type Fault } from "../fault.ts";

export const connectionReset: Fault = {
  name: "connection-reset",
  kind: "transport",
  seen: "The connection breaks before any answer arrives, and nothing was done.",
  vendors: bothVendors,
  before: (call) => call.reset(),
};
