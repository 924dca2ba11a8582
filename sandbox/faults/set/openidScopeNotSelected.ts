import type { Fault } from "../fault.ts";

export const openidScopeNotSelected: Fault = {
  name: "openid-scope-not-selected",
  kind: "set",
  seen: "Visitors cannot log in: the External Client App no longer selects the scope OpenID, which the page asks for.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A10",
  breaks({ salesforce, chosen, change }) {
    const settings = salesforce.components.filter(({ type }) => type === "ExtlClntAppOauthSettings");
    for (const { id, fields } of chosen(settings)) {
      const scopes = String(fields.commaSeparatedOauthScopes).split(/, ?/);
      const kept = scopes.filter((scope) => scope !== "OpenID").join(", ");
      change("salesforce", ["components", id, "fields", "commaSeparatedOauthScopes"], kept);
    }
  },
};
