import type { Fault } from "../fault.ts";
import { vendorError } from "../vendorAnswers.ts";

export const guestTokensForgotten: Fault = {
  name: "guest-tokens-forgotten",
  kind: "set",
  seen: "Who had signed in before is refused again and again: the browser keeps tokens that Genesys knows no more, as after a rebuild. A new sign-in works.",
  vendors: ["genesys"],
  member: "deployment",
  cause: "B4",
  breaks({ change }) {
    change("genesys", ["guestSessions"], {});
    // Another one is made at the next sign-in; what the old one signed is worth nothing then.
    change("genesys", ["guestKey"], undefined);
  },
  applies: ({ method, path }) =>
    (method === "POST" && path === "/api/v2/webdeployments/token/refresh") ||
    (method === "DELETE" && path === "/api/v2/webdeployments/token/revoke"),
  after: (answer, call) =>
    answer.status === 401
      ? vendorError(call, {
          status: 403,
          genesys: "not.authorized",
          salesforce: "",
          message: "This guest token is not valid any more.",
        })
      : answer,
};
