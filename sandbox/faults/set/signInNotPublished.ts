import type { Fault } from "../fault.ts";

export const signInNotPublished: Fault = {
  name: "sign-in-not-published",
  kind: "set",
  seen: "Sign-ins fail at the exchange: authentication is on in the draft, but off in what is published.",
  vendors: ["genesys"],
  member: "configuration",
  cause: "A4",
  breaks({ genesys, chosen, change }) {
    for (const { id, published } of chosen(genesys.configurations)) {
      published.forEach(({ document }, index) => {
        if (document.authenticationSettings === undefined) return;
        const path = ["published", String(index), "document", "authenticationSettings", "enabled"];
        change("genesys", ["configurations", id, ...path], false);
      });
    }
  },
};
