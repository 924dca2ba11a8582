import { isUsable, type PublicDocument } from "../../../publicDocuments.ts";
import { memberOf } from "../../../stack/messagingSet.ts";
import { type Check, type Facts, found, notRun, ok } from "../../check.ts";

const wellKnown = "/.well-known/openid-configuration";

export const discoveryUrl: Check = {
  id: "A7",
  title: "Host of the discovery URL",
  severity: "critical",
  member: "integration",
  looks: "the integration's discovery URL, what its document says, and the page contract",
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause:
      "The discovery URL is on another Salesforce host than visitors log in at. login.salesforce.com, My Domain, a sandbox and an Experience Cloud site with its path are different issuers.",
    detection:
      "The integration's discovery URL must be that of the page contract, the document's issuer the beginning of its own address, and its authorize URL the one that the page uses. With a visitor, also the ID token's iss must be that issuer.",
    source:
      "OpenID Connect Discovery 1.0, section 4.3; Salesforce's documentation of the discovery endpoint.",
  },
  fix: {
    byCode:
      "Set loginHost to the host at which visitors log in, npx pulumi up --refresh, then give the page the new page contract.",
    byHand:
      "Set the integration's discovery URI to https://<host that visitors log in at>/.well-known/openid-configuration.",
  },
  async look(facts) {
    const { contract, live } = facts;
    const url = await integrationUrl(facts);
    if (url === undefined) return notRun("The integration is gone: that is A5.");
    const evidence = { integration: url || "none", "page contract": contract.discoveryUrl };
    if (url !== contract.discoveryUrl)
      return found("The integration's discovery URL is not the one of the page contract.", evidence);
    const document = await live.document(url);
    if (!isUsable(document)) return notRun("There is no discovery document: that is A8.", evidence);
    const { issuer, authorization_endpoint: authorizeUrl } = document.body ?? {};
    const shown = { ...evidence, issuer: String(issuer), "authorize URL": String(authorizeUrl) };
    const wrong = differenceIn(document, facts) ?? (await otherIssuer(facts));
    return wrong === undefined ? ok(shown) : found(wrong, shown, { member: "ECA" });
  },
};

/** "" when there is none, undefined when the integration is gone. */
async function integrationUrl({ live, set }: Facts): Promise<string | undefined> {
  const documents = await live.integration();
  const properties = (documents?.config?.properties ?? {}) as Record<string, unknown>;
  const key = String(memberOf(set, "integration").outputs.discoveryKey);
  return documents && String(properties[key] ?? "");
}

function differenceIn({ url, body = {} }: PublicDocument, { contract }: Facts): string | undefined {
  const { issuer, authorization_endpoint } = body;
  if (`${String(issuer).replace(/\/$/, "")}${wellKnown}` !== url)
    return "The discovery document names an issuer whose document is elsewhere.";
  if (issuer !== contract.issuer) return "The document names another issuer than the page contract.";
  if (authorization_endpoint !== contract.authorizeUrl)
    return `The page sends visitors to another address than the document names: ${contract.authorizeUrl}.`;
  return undefined;
}

async function otherIssuer({ contract, visit }: Facts): Promise<string | undefined> {
  const iss = (await visit?.direct())?.idToken?.claims.iss;
  return iss === undefined || iss === contract.issuer
    ? undefined
    : `The ID token is from another issuer: ${iss}.`;
}
