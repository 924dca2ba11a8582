import type { Org } from "./org.ts";
import { recordId } from "./recordId.ts";

/**
 * Where people sign in: at the org's own address (its My Domain), or at its Experience Cloud site, which real orgs have
 * on another host, `https://acme.my.site.com/customers`. Each is an issuer of its own, with its own discovery document.
 */
export interface LoginHost {
  /** Without a trailing slash. */
  url: string;
  /** What its discovery document and the ID tokens of sign-ins there name as issuer. */
  issuer: string;
  /** Before `/id/…` in the identity URLs of people who sign in there. */
  identityUrl: string;
  /** The site's record id; absent at the org's own address. */
  siteId?: string;
}

/** The path of the org's one Experience Cloud site, of which every user is a member. */
export const sitePath = "/customers";

/** What comes before the paths of each login host. */
export const loginPaths = ["", sitePath] as const;

type LoginPath = (typeof loginPaths)[number];

export function loginHost({ url: orgUrl, assumptions }: Org, path: LoginPath): LoginHost {
  const url = orgUrl + path;
  if (path === "") return { url, issuer: url, identityUrl: url };
  return {
    url,
    issuer: assumptions.siteIssuer.chosen === "of the site" ? url : orgUrl,
    identityUrl: assumptions.siteSubject.chosen === "of the site" ? url : orgUrl,
    siteId: recordId("0DB", 1),
  };
}
