import type { JWK } from "jose";
import type { Fault } from "../fault.ts";
import { withJson } from "../vendorAnswers.ts";
import { isKeys } from "./signInRequests.ts";

export const signingKeyUnknown: Fault = {
  name: "signing-key-unknown",
  kind: "set",
  seen: "Sign-ins fail at the exchange, perhaps now and then: the published keys are not those that sign ID tokens.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A9",
  applies: isKeys,
  after: (answer) =>
    withJson(answer, (body) => ({
      keys: (body as { keys: JWK[] }).keys.map((key) => ({ ...key, kid: "of-the-time-before" })),
    })),
};
