import type { Fault } from "../fault.ts";

export const refreshTokenUseless: Fault = {
  name: "refresh-token-useless",
  kind: "set",
  seen: "Visitors must log in again after minutes: the app's policy ends refresh tokens at once, so that there are none.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "B3",
  breaks({ salesforce, chosen, change }) {
    const policies = salesforce.components.filter(
      ({ type }) => type === "ExtlClntAppOauthConfigurablePolicies",
    );
    for (const { id } of chosen(policies)) {
      change("salesforce", ["components", id, "fields", "refreshTokenPolicyType"], "Zero");
    }
  },
};
