import { nextId, type Org } from "../org.ts";
import type { Deploy, DeployMessage, DeployOptions, User } from "../state.ts";
import type { Caller } from "./calls.ts";
import { deploySteps, type Step, StepError, type StepResult } from "./deploySteps.ts";
import { sfFault } from "./metadataType.ts";
import { unzip } from "./packages.ts";
import { savepoint } from "./savepoint.ts";
import { findTransfer, hasBegun, isDue, kept, newTransfer } from "./transfers.ts";

/** Takes a deploy of this zip file (base64); it runs when its time has come. */
export function startDeploy(caller: Caller, zip: string, options: DeployOptions): Deploy {
  const { org } = caller;
  const deploy = { ...newTransfer(caller, nextId(org, "0Af")), options, zip };
  org.store.state.deploys = [...kept(org.store.state.deploys), deploy];
  org.store.save();
  return deploy;
}

/** The deploy of this id; throws the fault of an unknown one. */
export function findDeploy(org: Org, id: string | undefined): Deploy {
  return findTransfer(org.store.state.deploys, id);
}

/** Options as a caller sends them, each absent one off. */
export function deployOptions(told: (name: keyof DeployOptions) => unknown): DeployOptions {
  const isOn = (name: keyof DeployOptions) => String(told(name)) === "true";
  const [runTests, testLevel] = [told("runTests"), told("testLevel")];
  return {
    allowMissingFiles: isOn("allowMissingFiles"),
    autoUpdatePackage: isOn("autoUpdatePackage"),
    checkOnly: isOn("checkOnly"),
    ignoreWarnings: isOn("ignoreWarnings"),
    performRetrieve: isOn("performRetrieve"),
    purgeOnDelete: isOn("purgeOnDelete"),
    rollbackOnError: isOn("rollbackOnError"),
    runTests: Array.isArray(runTests) ? runTests.map(String) : [],
    singlePackage: isOn("singlePackage"),
    ...(typeof testLevel === "string" ? { testLevel } : {}),
  };
}

/** Cancels a deploy: at once while it waits, otherwise by its end. Throws the fault of one that has ended. */
export function cancelDeploy({ org, user }: Caller, deploy: Deploy): void {
  if (deploy.outcome !== undefined) throw sfFault("INVALID_ID_FIELD", "Deployment already completed");
  deploy.canceledBy = user.username;
  if (!hasBegun(org, deploy)) end(deploy, { status: "Canceled", messages: [] });
  org.store.save();
}

/** Runs the deploys whose time has come. Called before each request, so that nothing has to run on a timer. */
export function runDueDeploys(org: Org): void {
  const due = org.store.state.deploys.filter((deploy) => deploy.outcome === undefined && isDue(org, deploy));
  if (due.length === 0) return;
  for (const deploy of due) end(deploy, outcomeOf(org, deploy));
  org.store.save();
}

function end(deploy: Deploy, outcome: NonNullable<Deploy["outcome"]>) {
  deploy.outcome = outcome;
  deploy.completedAt = new Date().toISOString();
  delete deploy.zip;
}

function outcomeOf(org: Org, deploy: Deploy): NonNullable<Deploy["outcome"]> {
  if (deploy.canceledBy !== undefined) return { status: "Canceled", messages: [] };
  const { version, options } = deploy;
  try {
    const files = unzip(deploy.zip ?? "");
    const roots = options.singlePackage ? [""] : packageFolders(files.keys());
    const caller = { org, user: userOf(org, deploy.createdBy), version };
    return run(
      org,
      options,
      roots.flatMap((root) => deploySteps(caller, files, root, options)),
    );
  } catch (error) {
    const statusCode = org.assumptions.brokenZipCode.chosen;
    return { status: "Failed", messages: [], error: { statusCode, message: (error as Error).message } };
  }
}

/** The folders that a zip file of several packages has one of each in. */
function packageFolders(paths: Iterable<string>): string[] {
  const folders = [...paths].filter((path) => path.includes("/")).map((path) => path.replace(/\/.*/s, "/"));
  return folders.length === 0 ? [""] : [...new Set(folders)];
}

function userOf({ store }: Org, username: string): User {
  const user = store.state.users.find((candidate) => candidate.username === username);
  if (user === undefined) throw new Error(`The user ${username} is gone.`);
  return user;
}

function run(org: Org, options: DeployOptions, steps: Step[]): NonNullable<Deploy["outcome"]> {
  const undo = savepoint(org);
  const messages = steps.map((step) => runStep(org, options, step));
  const failed = messages.filter(({ success }) => !success).length;
  if (options.checkOnly || (options.rollbackOnError && failed > 0)) undo();
  if (failed === 0) return { status: "Succeeded", messages };
  const nothing = options.rollbackOnError || failed === messages.length;
  return { status: nothing ? "Failed" : "SucceededPartial", messages };
}

function runStep(org: Org, options: DeployOptions, step: Step): DeployMessage {
  const undo = savepoint(org);
  try {
    const result = step.run();
    const success = result.warnings.length === 0 || options.ignoreWarnings || mayWarn(org, result);
    if (!success) undo();
    return message(step, result, success);
  } catch (error) {
    undo();
    if (!(error instanceof StepError)) throw error;
    return { ...message(step, { warnings: [] }, false), problem: error.message, problemType: "Error" };
  }
}

function mayWarn({ assumptions }: Org, { warned }: StepResult): boolean {
  return warned !== undefined && assumptions.absentOnDeployedDeletion.chosen === "succeeds";
}

function message(step: Step, result: StepResult, success: boolean): DeployMessage {
  const problem = result.warnings.join(" ");
  return {
    changed: success && result.changed === true,
    componentType: step.componentType,
    created: success && result.created === true,
    createdDate: new Date().toISOString(),
    deleted: success && result.deleted === true,
    fileName: step.fileName,
    fullName: result.warned ?? step.fullName,
    ...(result.id === undefined ? {} : { id: result.id }),
    ...(problem === "" ? {} : { problem, problemType: "Warning" as const }),
    success,
  };
}
