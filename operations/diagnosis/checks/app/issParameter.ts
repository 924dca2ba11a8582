import { isUsable } from "../../../publicDocuments.ts";
import { type Check, found, notRun, ok } from "../../check.ts";

export const issParameter: Check = {
  id: "A19",
  title: "Parameter iss in the callback",
  severity: "critical",
  member: "ECA",
  looks: "whether the discovery document announces it; with a visitor, whether sign-ins work all the same",
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause:
      "The identity provider announces that it sends its name along with the code (RFC 9207), and none is passed on to Genesys.",
    detection:
      "Salesforce is not known to announce it, so an announcement is a finding unless a sign-in with the parameter passed on works.",
    source: "Genesys SDK documentation (oauth.iss); RFC 9207; Salesforce's discovery document.",
  },
  fix: {
    byCode: "Have the page pass the callback's iss on in the exchange, as oauth.iss.",
    byHand:
      "Compare the callback's address with the exchange's body in the browser: iss must be in both, or in neither.",
  },
  async look({ live, visit }) {
    const document = await live.discovery();
    if (!isUsable(document)) return notRun("There is no discovery document: that is A8.");
    const announced = document.body?.authorization_response_iss_parameter_supported === true;
    if (!announced) return ok({ announced });
    if ((await visit?.signIn())?.ok) return ok({ announced, "sign-in with it": "works" });
    return found("The discovery document announces iss: Salesforce must send it, and the page pass it on.", {
      announced,
    });
  },
};
