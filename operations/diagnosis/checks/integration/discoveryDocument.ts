import { isUsable } from "../../../publicDocuments.ts";
import { type Check, found, ok } from "../../check.ts";

const needed = ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"];

export const discoveryDocument: Check = {
  id: "A8",
  title: "Discovery document and keys",
  severity: "critical",
  member: "ECA",
  looks: "the answer of the discovery URL, and the keys that it names",
  story: {
    symptom:
      'The exchange answers 401 "Failed to identify user for token", or the page itself finds no document.',
    cause:
      "The discovery URL redirects, shows a web page, or its document lacks something: My Domain or the site is not published.",
    detection:
      "The answer must be 200 with a JSON document that names issuer, authorize, token and key addresses, and the keys must be there. A wrong answer counts when it comes again; no answer at all is an error and no finding. It is looked at from here: whether Genesys can reach it is not seen.",
    source: "OpenID Connect Discovery 1.0; Salesforce's documentation of the discovery endpoint.",
  },
  fix: {
    byCode:
      "Set loginHost to a host that answers with the document, then npx pulumi up, without --refresh: a refresh asks the old host.",
    byHand:
      "In Salesforce Setup publish My Domain or the Experience Cloud site, or use the discovery URL of a host that is.",
  },
  async look({ live }) {
    const document = await live.discovery();
    const { url, status, contentType, location, body = {} } = document;
    const evidence = { url, status, "content type": contentType, location };
    if (!isUsable(document))
      return found("The discovery URL does not answer with a JSON document.", evidence);
    const missing = needed.filter((name) => !URL.canParse(String(body[name]))).join(", ");
    if (missing !== "") return found("The discovery document lacks something.", { ...evidence, missing });
    const keys = await live.keys();
    const published = Array.isArray(keys.body?.keys) ? keys.body.keys.length : 0;
    const shown = { keys: keys.url, status: keys.status, "content type": keys.contentType, published };
    return published === 0
      ? found("The keys that the discovery document names are not there.", shown)
      : ok({ ...evidence, published });
  },
};
