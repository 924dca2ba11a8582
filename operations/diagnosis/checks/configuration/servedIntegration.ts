import { memberOf } from "../../../stack/messagingSet.ts";
import { type Check, found, notRun, ok } from "../../check.ts";
import { type SignInSettings, shownSettings, shownVersions, versionsOf } from "../../servedVersion.ts";

export const servedIntegration: Check = {
  id: "A3",
  title: "Integration that the configuration names",
  severity: "critical",
  member: "configuration",
  looks: "the integration id in the draft, in the newest version and in the one that is served",
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause:
      "The messenger configuration names another integration than the one that holds the credentials of this set.",
    detection:
      "The id in the served version must be that of the set's integration. Genesys does not check that the id exists. Where a newer version or the draft has the right id, it is A4.",
    source:
      "Genesys API models; acceptance tests of the vendor's Terraform provider; a developer's checklist.",
  },
  fix: {
    byCode:
      "npx pulumi up --refresh: it publishes a version with the right integration and moves the deployment to it.",
    byHand:
      "In the messenger configuration choose the right integration under authentication, save a new version, and assign that version to the deployment.",
  },
  async look(facts) {
    const versions = await versionsOf(facts);
    if (versions?.served === undefined)
      return notRun("The deployment serves no version of this configuration: see A4 and A6.");
    const ours = memberOf(facts.set, "integration").id;
    const isRight = (settings: SignInSettings | undefined) => settings?.integrationId === ours;
    const evidence = { "of this set": ours, ...shownVersions(versions) };
    if (isRight(versions.served)) return ok(evidence);
    const better = [versions.newest, versions.draft].find(isRight);
    if (better) return notRun(`That is A4: another has the right one, ${shownSettings(better)}.`, evidence);
    return found("The configuration names another integration than the one of this set.", evidence);
  },
};
