import type { Fault } from "../fault.ts";
import { withJson } from "../vendorAnswers.ts";
import { isDiscovery } from "./signInRequests.ts";

export const clientAuthenticationUnsupported: Fault = {
  name: "client-authentication-unsupported",
  kind: "set",
  seen: "Sign-ins fail at the exchange: Salesforce wants clients to prove themselves in a way that Genesys does not know.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A17",
  applies: isDiscovery,
  after: (answer) =>
    withJson(answer, (body) => ({
      ...(body as object),
      token_endpoint_auth_methods_supported: ["private_key_jwt"],
    })),
};
