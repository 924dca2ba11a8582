import type { Fault } from "../fault.ts";

export const sessionUpgradeOff: Fault = {
  name: "session-upgrade-off",
  kind: "set",
  seen: "Visitors cannot sign in during a conversation: the published configuration does not let sessions be upgraded.",
  vendors: ["genesys"],
  member: "configuration",
  cause: "B6",
  breaks({ genesys, chosen, change }) {
    for (const { id, published } of chosen(genesys.configurations)) {
      published.forEach(({ document }, index) => {
        if (document.authenticationSettings === undefined) return;
        const path = [
          "published",
          String(index),
          "document",
          "authenticationSettings",
          "allowSessionUpgrade",
        ];
        change("genesys", ["configurations", id, ...path], false);
      });
    }
  },
};
