import type { Fault } from "../fault.ts";

export const userNotPermitted: Fault = {
  name: "user-not-permitted",
  kind: "set",
  seen: "Visitors are sent back with an error after the log-in: only approved users may use the External Client App.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A20",
  breaks({ salesforce, chosen, change }) {
    const policies = salesforce.components.filter(
      ({ type }) => type === "ExtlClntAppOauthConfigurablePolicies",
    );
    for (const { id } of chosen(policies)) {
      const path = ["components", id, "fields", "permittedUsersPolicyType"];
      change("salesforce", path, "AdminApprovedPreAuthorized");
    }
  },
};
