import { type Check, notRun } from "../../check.ts";

export const silentSignIn: Check = {
  id: "B5",
  title: "Signing in without being asked",
  severity: "note",
  member: "page",
  looks: "nothing: browsers decide it",
  story: {
    symptom: "A silent sign-in in a frame fails, although the visitor is logged in at Salesforce.",
    cause: "Browsers block third-party cookies and log-ins in frames.",
    detection: "No server knows it.",
    source: "Browser vendors' documentation.",
  },
  fix: {
    byCode: "Send the visitor to Salesforce in the whole window instead of in a frame.",
    byHand: "Try it in a browser that allows third-party cookies, to learn whether it is this.",
  },
  look: async () => notRun("Advice only: browsers decide it."),
};
