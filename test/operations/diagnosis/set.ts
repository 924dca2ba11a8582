import type { Connections } from "authenticated-messaging-providers/connections.ts";
import { type DiagnoseOptions, type Diagnosis, diagnose } from "../../../operations/diagnosis/diagnose.ts";
import { startOrgs } from "../../providers/sandboxSet.ts";
import { createSet, openedSetOf } from "../../providers/wholeSet.ts";

/** A whole set, made by the real providers, which may be diagnosed. */
export async function makeSet(connections: Connections) {
  const whole = await createSet(connections);
  // So that a version that forbids it is a difference.
  await whole.configuration.update({ sessionUpgrade: true });
  await whole.deployment.update({ configurationVersion: whole.configuration.outputs().publishedVersion });
  const opened = openedSetOf(whole, connections);
  return { whole, opened, diagnose: (options?: DiagnoseOptions) => diagnose(opened, options) };
}

/** The same in a sandbox that lives as long as the test. */
export async function startSet(...args: Parameters<typeof startOrgs>) {
  const { sandbox, connections } = await startOrgs(...args);
  return { sandbox, ...(await makeSet(connections)) };
}

/** Ids of what was found, with those that look the same: `A1`, `A15 or A16`. */
export function foundIn({ findings }: Pick<Diagnosis, "findings">): string[] {
  return findings.map(({ id, alternatives = [] }) => [id, ...alternatives].join(" or "));
}

/** Checks that a vendor kept from running. */
export function errorsIn({ checks }: Pick<Diagnosis, "checks">): string[] {
  return checks.flatMap(({ id, error }) => (error ? [`${id} ${error.code}`] : []));
}
