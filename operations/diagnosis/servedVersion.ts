import { isDraft, newestPublished } from "../../providers/genesys/MessengerConfiguration.ts";
import { memberOf } from "../stack/messagingSet.ts";
import type { Facts } from "./check.ts";

/** Who signs visitors in, by one version of the configuration. */
export interface SignInSettings {
  version: string | undefined;
  enabled: boolean;
  integrationId: string | undefined;
  allowSessionUpgrade: boolean;
}

/** The three versions that count: what may be published, what was published last, what the deployment serves. */
export interface Versions {
  draft: SignInSettings | undefined;
  newest: SignInSettings | undefined;
  served: SignInSettings | undefined;
  /** What the deployment pins, whether or not it is there. */
  pinned: { id: string | undefined; version: string | undefined };
}

/** Undefined when the configuration or the deployment is gone. */
export async function versionsOf({ live, set }: Facts): Promise<Versions | undefined> {
  const [listed, deployment] = await Promise.all([live.versions(), live.deployment()]);
  if (listed === undefined || deployment === undefined) return undefined;
  const { id, version } = deployment.configuration ?? {};
  const isOurs = id === memberOf(set, "configuration").id;
  const served = isOurs ? listed.find((candidate) => candidate.version === version) : undefined;
  return {
    draft: settingsIn(listed.find(isDraft)),
    newest: settingsIn(newestPublished(listed)),
    served: settingsIn(served),
    pinned: { id, version },
  };
}

type Listed = NonNullable<Awaited<ReturnType<Facts["live"]["versions"]>>>[number];

function settingsIn(document: Listed | undefined): SignInSettings | undefined {
  if (document === undefined) return undefined;
  const { enabled, integrationId, allowSessionUpgrade } = document.authenticationSettings ?? {};
  return {
    version: document.version,
    enabled: enabled === true,
    integrationId,
    allowSessionUpgrade: allowSessionUpgrade === true,
  };
}

/** For the evidence: "version 3: integration 1234". */
export function shownSettings(settings: SignInSettings | undefined): string {
  if (settings === undefined) return "not there";
  const { version, enabled, integrationId } = settings;
  return `version ${version}: ${enabled ? `integration ${integrationId}` : "authentication off"}`;
}

/** For the evidence, all three. */
export function shownVersions({ served, newest, draft }: Versions) {
  return { served: shownSettings(served), newest: shownSettings(newest), draft: shownSettings(draft) };
}
