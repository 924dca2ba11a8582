import type { Fault } from "../fault.ts";
import { withJson } from "../vendorAnswers.ts";
import { isRedemption } from "./signInRequests.ts";

export const idTokenLeftOut: Fault = {
  name: "id-token-left-out",
  kind: "set",
  seen: "Sign-ins fail at the exchange: Salesforce gives no ID token, as if the scope openid had not been asked for.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A10",
  applies: isRedemption,
  after: (answer) =>
    withJson(answer, (body) => {
      const { id_token: _, ...rest } = body as { id_token?: string };
      return rest;
    }),
};
