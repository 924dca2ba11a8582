import type { Fault } from "../fault.ts";

export const pageNotAllowed: Fault = {
  name: "page-not-allowed",
  kind: "set",
  seen: "The browser does not show the page the answer of the exchange: the page's host is not among the allowed domains.",
  vendors: ["genesys"],
  member: "deployment",
  cause: "B1",
  breaks({ genesys, chosen, change }) {
    for (const { id } of chosen(genesys.deployments)) {
      change("genesys", ["deployments", id, "allowAllDomains"], false);
      change("genesys", ["deployments", id, "allowedDomains"], ["elsewhere.example"]);
    }
  },
};
