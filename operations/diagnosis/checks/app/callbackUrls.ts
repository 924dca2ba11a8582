import { listFrom } from "../../../../providers/salesforce/metadata.ts";
import { type Check, found, notRun, ok } from "../../check.ts";

export const callbackUrls: Check = {
  id: "A14",
  title: "Redirect URI",
  severity: "critical",
  member: "ECA",
  looks: "the page contract's redirect URI and the app's callback URLs, character for character",
  story: {
    symptom:
      'Visitors get an error page instead of the log-in form (redirect_uri_mismatch), or the exchange answers 401 "Failed to identify user for token".',
    cause: "The redirect URI differs by a slash, path, scheme, port or encoding.",
    detection:
      "The redirect URI must be one of the callback URLs to the letter. What the page really sends is seen in the browser only.",
    source: "Salesforce's OAuth error codes; RFC 6749, section 3.1.2.3.",
  },
  fix: {
    byCode: "npx pulumi up --refresh, and take the redirect URI of the page from the page contract.",
    byHand:
      "External Client App Manager, OAuth settings: make the callback URL the page's redirect URI, every character.",
  },
  async look({ contract, live, visit }) {
    const global = (await live.app())?.global;
    if (global === undefined) return notRun("The app has no global OAuth settings: that is A22.");
    const registered = listFrom(global.callbackUrl, "\n");
    const evidence = { page: contract.redirectUri, app: registered.join(" ") };
    if (!registered.includes(contract.redirectUri))
      return found("The page's redirect URI is none of the app's callback URLs.", evidence);
    const { error, description: said } = (await visit?.direct())?.refusal ?? {};
    return error === "redirect_uri_mismatch"
      ? found("Salesforce does not take the redirect URI, although the app has it.", { ...evidence, said })
      : ok(evidence);
  },
};
