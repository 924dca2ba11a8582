import { AuthenticatedMessaging } from "../../components/AuthenticatedMessaging.ts";

/** Every site has a set of its own, so that a fault in one never signs out the visitors of the other. */
function siteMessaging(site: string, host: string): AuthenticatedMessaging {
  return new AuthenticatedMessaging(site, {
    displayName: `Sign-in of the ${site}`,
    // Unique in the Salesforce org; all else is told apart by its owner's mark.
    developerName: `Sign_in_${site}`,
    contactEmail: "crm-team@acme.example",
    callbackUrls: [`https://${host}/signed-in`],
    messenger: { enabled: true },
    allowedDomains: [host],
  });
}

const shop = siteMessaging("shop", "shop.acme.example");
const helpdesk = siteMessaging("helpdesk", "help.acme.example");

export const shopPage = shop.pageContract;
export const helpdeskPage = helpdesk.pageContract;
