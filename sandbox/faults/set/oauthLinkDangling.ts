import type { Fault } from "../fault.ts";

export const oauthLinkDangling: Fault = {
  name: "oauth-link-dangling",
  kind: "set",
  seen: "Visitors cannot log in: the OAuth settings of the External Client App lead to a client that is no more.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A22",
  breaks({ salesforce, chosen, change }) {
    const settings = salesforce.components.filter(({ type }) => type === "ExtlClntAppOauthSettings");
    for (const { id } of chosen(settings)) {
      change(
        "salesforce",
        ["components", id, "fields", "oauthLink"],
        "00D000000000000EAA:888000000000000AAA",
      );
    }
  },
};
