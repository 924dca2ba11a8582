import { isUsable } from "../../../publicDocuments.ts";
import { memberOf } from "../../../stack/messagingSet.ts";
import { mayLag } from "../../cdnLag.ts";
import { type Check, type Facts, found, notRun, type Outcome, ok } from "../../check.ts";
import { type SignInSettings, shownVersions, type Versions, versionsOf } from "../../servedVersion.ts";

export const publishedVersion: Check = {
  id: "A4",
  title: "Version that visitors are served",
  severity: "critical",
  member: "configuration",
  looks: "the sign-in settings of the draft, the newest version, the pinned version and the CDN",
  story: {
    symptom: 'The exchange answers 401 "Failed to identify user for token".',
    cause: "The configuration was saved but not published, or the deployment still serves an older version.",
    detection:
      "Sign-in must be on, with the set's integration, in the version that the deployment pins, and browsers must be served that version, 15 minutes after the last change at the latest. An edited draft that leaves the sign-in settings alone is the admin's own matter and no finding.",
    source: "Genesys API models and the vendor's Terraform provider: publishing does not move a deployment.",
  },
  fix: {
    byCode: "npx pulumi up --refresh: it publishes what is declared and moves the deployment to it.",
    byHand: "Publish the messenger configuration, then open the deployment, choose the new version and save.",
  },
  async look(facts) {
    const configuration = memberOf(facts.set, "configuration").id;
    if ((await facts.live.versions()) === undefined)
      return found("The messenger configuration is gone.", { configuration });
    const versions = await versionsOf(facts);
    if (versions === undefined) return notRun("The deployment is gone: that is A6.");
    return (
      comparePin(versions, configuration) ??
      compareSettings(versions, facts) ??
      (await compareCdn(versions, facts))
    );
  },
};

const ofDeployment = { member: "deployment" } as const;

function comparePin({ served, pinned, newest }: Versions, configuration: string): Outcome | undefined {
  const evidence = {
    pins: `${pinned.id} version ${pinned.version}`,
    "of this set": `${configuration} version ${newest?.version}`,
  };
  if (pinned.id !== configuration)
    return found("The deployment serves another configuration than this set's.", evidence, ofDeployment);
  if (served === undefined)
    return found("The deployment pins a version that is not there.", evidence, ofDeployment);
  return undefined;
}

function compareSettings(versions: Versions, { set }: Facts): Outcome | undefined {
  const ours = memberOf(set, "integration").id;
  const isRight = (settings: SignInSettings | undefined) =>
    settings?.enabled === true && settings.integrationId === ours;
  const { served, newest, draft } = versions;
  const evidence = shownVersions(versions);
  if (isRight(served)) return undefined;
  if (isRight(newest))
    return found("The deployment serves an older version than the right one.", evidence, ofDeployment);
  if (isRight(draft)) return found("The right settings are in the draft and were never published.", evidence);
  if (served?.enabled === false)
    return found("Sign-in is switched off in what the deployment serves.", evidence);
  return undefined;
}

/** The CDN has a check of its own (B2); here it counts only where it answers. */
async function compareCdn(versions: Versions, { live }: Facts): Promise<Outcome> {
  const runtime = await live.runtimeConfig().catch(() => undefined);
  const { version, auth } = runtime && isUsable(runtime) ? (runtime.body as RuntimeConfig) : {};
  const evidence = { ...shownVersions(versions), CDN: version ?? "no answer" };
  const differs = (version !== undefined && version !== versions.served?.version) || auth?.enabled === false;
  const hasHadTime = !mayLag((await live.deployment())?.dateModified);
  return differs && hasHadTime && versions.served?.enabled
    ? found("Browsers are served another version than the deployment pins.", evidence, ofDeployment)
    : ok(evidence);
}

interface RuntimeConfig {
  version?: string;
  auth?: { enabled?: boolean };
}
