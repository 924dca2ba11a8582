import type { Fault } from "../fault.ts";

export const discoveryUrlOfOtherHost: Fault = {
  name: "discovery-url-of-other-host",
  kind: "set",
  seen: "Sign-ins fail at the exchange: the integration's discovery URL is on another host of the same Salesforce org.",
  vendors: ["genesys"],
  member: "integration",
  cause: "A7",
  breaks({ genesys, assumptions, chosen, change }) {
    const property = assumptions.genesys.discoveryUrlProperty.chosen;
    for (const { id, config } of chosen(genesys.integrations)) {
      const url = URL.parse(String(config.properties[property]));
      if (url === null) continue;
      // Both names lead to the sandbox, but only one is its issuer.
      url.hostname = url.hostname === "localhost" ? "127.0.0.1" : "localhost";
      change("genesys", ["integrations", id, "config", "properties", property], url.href);
    }
  },
};
