import { policiesOf } from "../../../../providers/salesforce/ExternalClientApp.ts";
import { type Check, found, ok } from "../../check.ts";

const refreshScopes = ["refresh_token", "offline_access"];

export const refreshTokens: Check = {
  id: "B3",
  title: "Life of refresh tokens",
  severity: "warning",
  member: "ECA",
  looks:
    "the app's refresh token policy and the page's scopes; with a visitor, whether there is a refresh token",
  story: {
    symptom: "Visitors are asked to log in again after minutes.",
    cause:
      "Salesforce gives no refresh token, or one that is over at once. Genesys' own token lives 15 minutes, or as long as Salesforce's access token if that is less.",
    detection:
      "A page that asks for a refresh token must be able to get one. A page that asks for none is no finding.",
    source: "Genesys forum (lifetimes); Salesforce's metadata documentation (refreshTokenPolicyType).",
  },
  fix: {
    byCode:
      "Set policies.refreshTokenPolicy in the program to Infinite, SpecificLifetime or SpecificInactivity, then npx pulumi up --refresh.",
    byHand: "External Client App Manager, policies: let refresh tokens be valid for longer than at once.",
  },
  async look({ contract, live, visit }) {
    const policy = policiesOf((await live.app())?.policies)?.refreshTokenPolicy;
    const asked = contract.scopes.some((scope) => refreshScopes.includes(scope));
    const evidence = { policy, "page asks for one": asked };
    if (!asked) return ok(evidence);
    if (policy === "Zero") return found("The app's policy ends refresh tokens at once.", evidence);
    const failed = (await visit?.signIn())?.failed;
    return failed?.code === "SIGN_IN_NO_REFRESH_TOKEN"
      ? found("Genesys gives no refresh token, although the page asks for one.", evidence)
      : ok(evidence);
  },
};
