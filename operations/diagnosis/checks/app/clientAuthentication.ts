import { isUsable } from "../../../publicDocuments.ts";
import { secretMethods } from "../../../signIn/tokenEndpoint.ts";
import { memberOf } from "../../../stack/messagingSet.ts";
import { type Check, type Facts, found, notRun, ok } from "../../check.ts";

export const clientAuthentication: Check = {
  id: "A17",
  title: "How clients prove themselves",
  severity: "critical",
  member: "ECA",
  looks: "the methods that the discovery document offers, and whether they take the client secret",
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause:
      "Salesforce does not take the client secret in the way in which Genesys sends it, or wants another proof.",
    detection:
      "The discovery document must offer client_secret_basic or client_secret_post, and the token endpoint must know the client by each of the two that it offers. Which one Genesys uses is not known.",
    source: "RFC 8414, section 2; RFC 6749, section 2.3.1.",
  },
  fix: {
    byCode: "Keep secretRequired true, npx pulumi up --refresh.",
    byHand: "External Client App Manager, OAuth settings: require the secret for the web server flow.",
  },
  async look(facts) {
    const document = await facts.live.discovery();
    if (!isUsable(document)) return notRun("There is no discovery document: that is A8.");
    const listed = document.body?.token_endpoint_auth_methods_supported;
    // RFC 8414: a document without the list means basic.
    const offered = Array.isArray(listed) ? listed.map(String) : ["client_secret_basic"];
    const usable = secretMethods.filter((method) => offered.includes(method));
    const evidence = { offered: offered.join(", ") };
    if (usable.length === 0)
      return found("Salesforce offers no way for a client to prove itself by its secret.", evidence);
    if (!facts.assumptions.invalidCodeShowsClient || !(await isPresentSecret(facts))) return ok(evidence);
    const client = await facts.live.client();
    if (client === undefined) return notRun("No discovery document names a token endpoint: that is A8.");
    const refused = usable.filter((method) => client[method]?.error === "invalid_client");
    return refused.length > 0
      ? found("Salesforce refuses its own client secret.", { ...evidence, refused: refused.join(", ") })
      : ok({ ...evidence, "taken by": usable.join(", ") });
  },
};

/** A refusal of another one is no wonder: that is A1. */
async function isPresentSecret({ live, set }: Facts): Promise<boolean> {
  const present = await live.consumerSecret().catch(() => undefined);
  return present === memberOf(set, "credential").outputs.clientSecret;
}
