import { isUsable } from "../../../publicDocuments.ts";
import { type Check, found, notRun, ok } from "../../check.ts";

const accepted = "RS256";

export const algorithm: Check = {
  id: "A25",
  title: "Signature algorithm of ID tokens",
  severity: "critical",
  member: "ECA",
  looks:
    "the algorithms that the discovery document names; with a visitor, that of the ID token of a fresh code",
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause: "ID tokens are signed by another algorithm than RS256, or encrypted, or no JWT at all.",
    detection:
      "RS256 must be among the announced algorithms, and a fresh ID token must be signed by it. That Genesys takes no other is an assumption: RS256 is the one that every provider must know.",
    source: "OpenID Connect Core 1.0, section 15.1; Salesforce's discovery document.",
  },
  fix: {
    byCode: "Nothing: Salesforce decides it.",
    byHand:
      "Look for a custom token handler or an ID token setting of the app that changes it; then ask Salesforce support.",
  },
  async look({ live, visit }) {
    const document = await live.discovery();
    if (!isUsable(document)) return notRun("There is no discovery document: that is A8.");
    const listed = document.body?.id_token_signing_alg_values_supported;
    const announced = Array.isArray(listed) ? listed.map(String) : undefined;
    const { unreadable, idToken } = (await visit?.direct()) ?? {};
    const evidence = { announced: announced?.join(" "), "ID token": idToken && String(idToken.header.alg) };
    if (announced && !announced.includes(accepted))
      return found(`The discovery document does not name ${accepted}.`, evidence);
    if (unreadable) return found("The ID token cannot be read.", { ...evidence, reason: unreadable });
    return idToken && idToken.header.alg !== accepted
      ? found(`ID tokens are signed by another algorithm than ${accepted}.`, evidence)
      : ok(evidence);
  },
};
