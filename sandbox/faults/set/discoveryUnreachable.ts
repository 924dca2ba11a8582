import type { Fault } from "../fault.ts";
import { htmlAnswer } from "../transport/htmlAnswer.ts";
import { isDiscovery } from "./signInRequests.ts";

export const discoveryUnreachable: Fault = {
  name: "discovery-unreachable",
  kind: "set",
  seen: "Sign-ins fail: where the discovery document should be, Salesforce shows a web page.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A8",
  applies: isDiscovery,
  before: (call) => htmlAnswer.before?.(call),
};
