import type { Fault } from "../fault.ts";
import { withJson } from "../vendorAnswers.ts";
import { isDiscovery } from "./signInRequests.ts";

export const issExpected: Fault = {
  name: "iss-expected",
  kind: "set",
  seen: "Sign-ins fail at the exchange: Salesforce announces the parameter iss in redirects, the page passes none on.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A19",
  applies: isDiscovery,
  after: (answer) =>
    withJson(answer, (body) => ({
      ...(body as object),
      authorization_response_iss_parameter_supported: true,
    })),
};
