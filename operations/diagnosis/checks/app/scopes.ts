import { scopesFromText } from "../../../../providers/salesforce/metadata.ts";
import { type Check, found, notRun, ok } from "../../check.ts";

export const scopes: Check = {
  id: "A10",
  title: "Scope openid and the ID token",
  severity: "critical",
  member: "ECA",
  looks: "the scopes of the page contract and of the app; with a visitor, whether there is an ID token",
  story: {
    symptom:
      'Visitors get an error instead of the log-in form, or the exchange answers 401 "Failed to identify user for token".',
    cause: "The scope openid is not asked for or not selected in the app, so that there is no ID token.",
    detection:
      "The page contract must ask for openid, the app must select every scope that the page asks for, and the answer to a code must have an ID token.",
    source: "OpenID Connect Core 1.0, section 3.1.2.1; Salesforce's OAuth scopes.",
  },
  fix: {
    byCode:
      "Add the scopes to the program and npx pulumi up --refresh; then give the page the new page contract.",
    byHand: "External Client App Manager, OAuth settings: select the missing scopes, among them openid.",
  },
  async look({ contract, live, visit }) {
    const settings = (await live.app())?.oauth;
    if (settings === undefined) return notRun("The app has no OAuth settings: that is A22.");
    const selected = scopesFromText(settings.commaSeparatedOauthScopes);
    const missing = contract.scopes.filter((scope) => !isSelected(scope, selected)).join(" ");
    const evidence = { "page asks for": contract.scopes.join(" "), "app selects": selected.join(" ") };
    if (!contract.scopes.includes("openid"))
      return found("The page does not ask for the scope openid.", evidence, { member: "page" });
    if (missing !== "")
      return found("The app does not select all scopes that the page asks for.", { ...evidence, missing });
    const { failed, refusal, idToken, unreadable } = (await visit?.direct()) ?? { failed: "not tried" };
    if (failed || refusal || unreadable || idToken) return ok(evidence);
    return found("Salesforce gives no ID token, although openid is asked for and selected.", evidence);
  },
};

/** Salesforce has two names for the scope of refresh tokens; `full` takes in all others (its list of scopes). */
function isSelected(scope: string, selected: readonly string[]): boolean {
  const names = ["refresh_token", "offline_access"];
  if (names.includes(scope)) return names.some((name) => selected.includes(name));
  return selected.includes(scope) || selected.includes("full");
}
