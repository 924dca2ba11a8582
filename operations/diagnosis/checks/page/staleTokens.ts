import { type Check, notRun } from "../../check.ts";

export const staleTokens: Check = {
  id: "B4",
  title: "Old tokens in the browser",
  severity: "note",
  member: "page",
  looks: "nothing: the tokens lie in each visitor's browser",
  story: {
    symptom: "After a rebuild a visitor is logged in, then gets 403 again and again.",
    cause: "The browser keeps tokens of the old deployment in its local storage and tries to renew them.",
    detection: "No server knows it.",
    source: "The vendor's browser SDK, as its developer center describes it.",
  },
  fix: {
    byCode: "Have the page call Messenger.clear once after a rebuild; a new deployment id does the same.",
    byHand: "Clear the site's data in the browser.",
  },
  look: async () => notRun("Advice only: the tokens lie in each visitor's browser."),
};
