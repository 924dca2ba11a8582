import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pulumi, queryDeadlineMs, type StackReference } from "../stack/pulumi.ts";
import { up } from "../stack/update.ts";
import { configFile, environment, type StackPlace } from "../start/stack.ts";

/** The two stacks of the story: the same program, the same settings, one set each. */
export const stackNames = ["earlier", "later"] as const;
export type StackName = (typeof stackNames)[number];

/** One of them, as the commands take it. */
export interface IncidentStack extends StackReference {
  stack: StackName;
  configFile: string;
  env: NodeJS.ProcessEnv;
  /** Developer name of its External Client App. */
  developerName: string;
}

/**
 * Builds one of the two stacks in a sandbox, from the settings of the sandbox's own stack. Only what must be unique in
 * the Salesforce org differs: the app's developer name.
 *
 * @throws CodedError STACK_UPDATE_FAILED
 */
export async function buildStack(
  place: StackPlace,
  stack: StackName,
  signal: AbortSignal,
): Promise<IncidentStack> {
  const folder = join(place.folder, "project");
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(place.folder, "pulumi"), { recursive: true });
  const developerName = `Customer_sign_in_${stack}`;
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const project = "authenticated-messaging";
  const settings = readFileSync(configFile(place), "utf8").trimEnd();
  writeFileSync(file, `${settings}\n  ${project}:developerName: ${developerName}\n`);
  // `stack init` reads and writes the settings beside a Pulumi.yaml: not in the checkout.
  writeFileSync(join(folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
  const env = environment(place);
  const reference = { cwd: place.root, stack, configFile: file, env, signal };
  await pulumi({ ...reference, cwd: folder }, ["stack", "init", "--no-select"], {
    deadlineMs: queryDeadlineMs,
  });
  await up(reference, {});
  return { ...reference, developerName };
}
