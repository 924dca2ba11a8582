import { type Check, found, notRun, ok } from "../../check.ts";

export const allowedDomains: Check = {
  id: "B1",
  title: "Domains that may use the messenger",
  severity: "critical",
  member: "deployment",
  looks: "the deployment's allowed domains, and the host of the redirect URI",
  story: {
    symptom: "The browser blocks the exchange (CORS), or the messenger does not show.",
    cause:
      "The host of the web page is not among the deployment's allowed domains; that list also decides who may read the exchange's answer.",
    detection:
      "The host must equal an entry or lie below one. An entry with scheme or port never matches. Pages on other hosts than the redirect URI's are not known here.",
    source: "Genesys API models and SDK; a third party's reading of the vendor's browser script.",
  },
  fix: {
    byCode:
      "Add the host to allowedDomains in the program, or npx pulumi up --refresh where it is there already.",
    byHand: "Admin, Messenger Deployments: add the bare host name of the page to the allowed domains.",
  },
  async look({ contract, live }) {
    const deployment = await live.deployment();
    if (deployment === undefined) return notRun("The deployment is gone: that is A6.");
    const { allowAllDomains, allowedDomains: allowed = [] } = deployment;
    const host = new URL(contract.redirectUri).hostname.toLowerCase();
    const domains = allowed.map((domain) => domain.toLowerCase());
    const isAllowed = domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
    const evidence = { page: host, allowed: allowAllDomains ? "all" : domains.join(", ") || "none" };
    return allowAllDomains || isAllowed
      ? ok(evidence)
      : found("The page's host is not among the allowed domains.", evidence);
  },
};
