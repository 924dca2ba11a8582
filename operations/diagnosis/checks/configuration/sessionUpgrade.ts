import { memberOf } from "../../../stack/messagingSet.ts";
import { type Check, found, notRun, ok } from "../../check.ts";
import { versionsOf } from "../../servedVersion.ts";

export const sessionUpgrade: Check = {
  id: "B6",
  title: "Signing in during a conversation",
  severity: "warning",
  member: "configuration",
  looks: "allowSessionUpgrade in the version that is served, and in the program",
  story: {
    symptom: "A visitor who chats anonymously cannot sign in without losing the conversation.",
    cause: "The published configuration does not let sessions be upgraded.",
    detection:
      "The served version must allow it where the program says so. A program that does not ask for it is no finding.",
    source: "Genesys API models (authenticationSettings.allowSessionUpgrade).",
  },
  fix: {
    byCode: "npx pulumi up --refresh; for a set that never allowed it, set the input sessionUpgrade first.",
    byHand:
      "In the messenger configuration allow session upgrades under authentication, publish, and assign the version to the deployment.",
  },
  async look(facts) {
    const { served, newest } = (await versionsOf(facts)) ?? {};
    if (served === undefined || served.version !== newest?.version)
      return notRun("The deployment does not serve the newest version: see A4 and A6.");
    const declared = memberOf(facts.set, "configuration").inputs.sessionUpgrade === true;
    const evidence = { declared, served: served.allowSessionUpgrade };
    return declared && !served.allowSessionUpgrade
      ? found("The program allows session upgrades, the served version does not.", evidence)
      : ok(evidence);
  },
};
