import type { MemberName } from "../stack/messagingSet.ts";

/** Names of the steps, for `--from`. */
export type StepName = `${"rewrite" | "replace"}-${Lowercase<MemberName>}`;

/** One thing that may cure a set. */
export interface Step {
  name: StepName;
  member: MemberName;
  /** `rewrite` writes what is there anew, `replace` makes another object. */
  way: "rewrite" | "replace";
  /** For people, after "To": "write the credential anew". */
  title: string;
  /** What follows by itself in the set. */
  follows: string;
  /** The value of the page contract that becomes another one. */
  page?: "clientId" | "deploymentId";
  /** How long a sign-in may need until it shows the effect, in milliseconds. */
  patienceMs: number;
}

const minutes = 60_000;

/**
 * The steps of a search, the cheapest first, the id in every page last. Salesforce states 15 minutes until a new
 * client works everywhere; for Genesys no source names a time.
 */
export const steps: readonly Step[] = [
  {
    name: "rewrite-credential",
    member: "credential",
    way: "rewrite",
    title: "write the credential anew",
    follows: "nothing",
    patienceMs: 2 * minutes,
  },
  {
    name: "rewrite-configuration",
    member: "configuration",
    way: "rewrite",
    title: "publish the configuration anew",
    follows: "the deployment is repointed to the new version",
    patienceMs: 2 * minutes,
  },
  {
    name: "rewrite-integration",
    member: "integration",
    way: "rewrite",
    title: "switch the integration off and on",
    follows: "nothing",
    patienceMs: 2 * minutes,
  },
  {
    name: "replace-integration",
    member: "integration",
    way: "replace",
    title: "replace the integration",
    follows: "a new version is published, the deployment repointed",
    patienceMs: 2 * minutes,
  },
  {
    name: "replace-credential",
    member: "credential",
    way: "replace",
    title: "replace the credential",
    follows: "the integration's configuration is written",
    patienceMs: 2 * minutes,
  },
  {
    name: "replace-eca",
    member: "ECA",
    way: "replace",
    title: "replace the External Client App",
    follows: "the credential is written",
    page: "clientId",
    patienceMs: 15 * minutes,
  },
  {
    name: "replace-configuration",
    member: "configuration",
    way: "replace",
    title: "replace the configuration",
    follows: "the deployment is repointed",
    patienceMs: 2 * minutes,
  },
  {
    name: "replace-deployment",
    member: "deployment",
    way: "replace",
    title: "replace the deployment",
    follows: "nothing",
    page: "deploymentId",
    patienceMs: 2 * minutes,
  },
];

/** How long the first check, and those that follow no step, may take until a sign-in counts as broken. */
export const firstPatienceMs = 1 * minutes;

/** The step that replaces a member. */
export function replacementOf(member: MemberName): Step {
  const found = steps.find((step) => step.member === member && step.way === "replace");
  if (found === undefined) throw new TypeError(`Nothing replaces the ${member}.`);
  return found;
}
