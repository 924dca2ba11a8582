import { flagFrom } from "../../../../providers/salesforce/metadata.ts";
import { type Check, found, ok } from "../../check.ts";
import { noCode } from "../code/noCode.ts";

export const pkce: Check = {
  id: "A13",
  title: "Proof key (PKCE)",
  severity: "critical",
  member: "ECA",
  looks: "whether Salesforce takes the right verifier of a fresh code",
  needsVisitor: true,
  story: {
    symptom:
      'The exchange answers 401 "Failed to identify user for token"; at Salesforce itself it is invalid_grant.',
    cause:
      "The verifier does not fit the challenge: one of them is missing, or code_challenge_method was left out, which Salesforce answers with 'invalid code verifier'.",
    detection:
      "A page that keeps its contract always sends a challenge by S256 and passes the verifier on. So does this check, with a fresh code, at Salesforce itself. What the page really sends is seen in the browser only.",
    source: "RFC 7636; public reports of 'invalid code verifier' with new External Client Apps.",
  },
  fix: {
    byCode:
      "Send code_challenge_method=S256 and pass codeVerifier on, as the page contract says. If a right verifier is refused for more than some minutes, replace the app.",
    byHand:
      "Compare code_challenge and codeVerifier in the browser's developer tools: base64url(sha256(verifier)) must be the challenge.",
  },
  async look({ contract, live, visit }) {
    const direct = await visit?.direct();
    const error = direct?.refusal?.error ?? direct?.failed?.evidence.error;
    const said = direct?.refusal?.description ?? direct?.failed?.evidence.description;
    const ofApp = flagFrom((await live.app())?.global?.isPkceRequired);
    const evidence = { "required by the app": ofApp, "by the contract": contract.pkce.required, error, said };
    if (/verifier|challenge/i.test(String(said)))
      return found("Salesforce refuses the right verifier of a fresh code.", evidence);
    return direct?.failed ? noCode(direct.failed) : ok(evidence);
  },
};
