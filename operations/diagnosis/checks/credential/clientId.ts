import { textFrom } from "../../../../providers/salesforce/metadata.ts";
import { memberOf } from "../../../stack/messagingSet.ts";
import { type Check, found, ok } from "../../check.ts";
import { shownClientId } from "../../credentialFields.ts";

export const clientId: Check = {
  id: "A2",
  title: "Client id in page, Salesforce and Genesys",
  severity: "critical",
  member: "credential",
  looks: "the client id of the page contract, of the app and of the Genesys credential",
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause: "The web page signs visitors in with another client id than Genesys redeems the code with.",
    detection:
      "The page contract, the app's consumer key and what was written into the credential must be one and the same. Where Genesys does not show the client id of a credential, one that somebody changed is reported as A1 or A2. What the page really sends is seen in the browser only.",
    source: "User reports; RFC 6749, section 4.1.3: a code is bound to its client.",
  },
  fix: {
    byCode: "npx pulumi up --refresh, then give the web page the new page contract.",
    byHand:
      "Use the app's consumer key as client id in the web page and in the credential of the Genesys integration.",
  },
  async look({ contract, live, set }) {
    const deployed = memberOf(set, "credential").outputs.clientId;
    const consumerKey = textFrom((await live.app())?.global?.consumerKey);
    const shown = await shownClientId(live);
    const evidence = {
      "page contract": contract.clientId,
      "External Client App": consumerKey,
      "written to Genesys": String(deployed),
      "shown by Genesys": shown ?? "not shown",
    };
    if (shown !== undefined && shown !== deployed)
      return found("The credential in Genesys has another client id than the stack wrote.", evidence);
    if (consumerKey !== undefined && consumerKey !== contract.clientId)
      return found("The app has another client id than the page contract.", evidence, { member: "ECA" });
    if (deployed !== contract.clientId)
      return found("The credential was written with another client id than the page contract has.", evidence);
    return ok(evidence);
  },
};
