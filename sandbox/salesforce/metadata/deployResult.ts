import { type Org, userId } from "../org.ts";
import type { Deploy, DeployMessage, DeployOptions } from "../state.ts";
import { hasBegun, startDate } from "./transfers.ts";

/** `DeployResult` of the Metadata API, by SOAP and by REST; what does not apply is left out. */
export interface DeployResult {
  canceledBy?: string;
  canceledByName?: string;
  checkOnly: boolean;
  completedDate?: string;
  createdBy: string;
  createdByName: string;
  createdDate: string;
  details?: {
    componentFailures: DeployMessage[];
    componentSuccesses: DeployMessage[];
    runTestResult: { numFailures: number; numTestsRun: number; totalTime: number };
  };
  done: boolean;
  errorMessage?: string;
  errorStatusCode?: string;
  id: string;
  ignoreWarnings: boolean;
  lastModifiedDate: string;
  numberComponentErrors: number;
  numberComponentsDeployed: number;
  numberComponentsTotal: number;
  numberTestErrors: number;
  numberTestsCompleted: number;
  numberTestsTotal: number;
  rollbackOnError: boolean;
  runTestsEnabled: boolean;
  startDate?: string;
  status: string;
  success: boolean;
}

/** A deploy as the clock has it now. The sandbox has no Apex, so that no tests run. */
export function deployResult(org: Org, deploy: Deploy, includeDetails: boolean): DeployResult {
  const { options, outcome, completedAt, canceledBy } = deploy;
  const messages = outcome?.messages ?? [];
  const failures = messages.filter(({ success }) => !success);
  const successes = messages.filter(({ success }) => success);
  return {
    ...(canceledBy === undefined ? {} : { canceledBy: userId(org, canceledBy), canceledByName: canceledBy }),
    checkOnly: options.checkOnly,
    ...(completedAt === undefined ? {} : { completedDate: completedAt }),
    createdBy: userId(org, deploy.createdBy),
    createdByName: deploy.createdBy,
    createdDate: deploy.createdAt,
    ...(includeDetails ? { details: details(failures, successes) } : {}),
    done: outcome !== undefined,
    ...(outcome?.error === undefined
      ? {}
      : { errorMessage: outcome.error.message, errorStatusCode: outcome.error.statusCode }),
    id: deploy.id,
    ignoreWarnings: options.ignoreWarnings,
    lastModifiedDate: completedAt ?? deploy.createdAt,
    numberComponentErrors: failures.length,
    numberComponentsDeployed: successes.length,
    numberComponentsTotal: messages.length,
    numberTestErrors: 0,
    numberTestsCompleted: 0,
    numberTestsTotal: 0,
    rollbackOnError: options.rollbackOnError,
    runTestsEnabled: runsTests(options),
    ...(hasBegun(org, deploy) ? { startDate: startDate(org, deploy) } : {}),
    status: status(org, deploy),
    success: outcome?.status === "Succeeded",
  };
}

function status(org: Org, deploy: Deploy): string {
  if (deploy.outcome) return deploy.outcome.status;
  if (deploy.canceledBy !== undefined) return "Canceling";
  return hasBegun(org, deploy) ? "InProgress" : "Pending";
}

function details(componentFailures: DeployMessage[], componentSuccesses: DeployMessage[]) {
  return {
    componentFailures,
    componentSuccesses,
    runTestResult: { numFailures: 0, numTestsRun: 0, totalTime: 0 },
  };
}

function runsTests({ testLevel }: DeployOptions): boolean {
  return testLevel !== undefined && testLevel !== "NoTestRun";
}
