import type { PageContract } from "../../components/pageContract.ts";
import { sender } from "../http.ts";
import type { FailedStep } from "../signIn/check.ts";
import { type Attempt, checkPatiently, type PatientVerdict } from "../signIn/patientSignIn.ts";
import { isPerson, type Visitor } from "../signIn/visitor.ts";
import { salesforceTrouble } from "./salesforceTrouble.ts";

/** What the sign-ins before or after a step showed. */
export interface Check extends PatientVerdict {
  /** When the first sign-in began, ISO 8601, UTC. */
  began: string;
  /** When the last one ended, ISO 8601, UTC. */
  at: string;
  /** How many failed. */
  failures: number;
  /** How many worked at the end, one after the other. */
  inARow: number;
  /** When the first one of those had worked, ISO 8601, UTC. */
  worksSince?: string | undefined;
}

export interface CheckOptions {
  /** How long a sign-in that fails is repeated, in milliseconds. */
  withinMs: number;
  /** How many must work one after the other. */
  inARow: number;
  /** The longest that one answer may take, in milliseconds. Default: that of a sign-in. */
  answerDeadlineMs?: number | undefined;
  signal: AbortSignal | undefined;
  onAttempt: (attempt: Attempt) => void;
}

/** One failure may be the network's. */
const leastFailures = 3;
const longestPauseMs = 30_000;
/** The steps that Genesys takes with the help of Salesforce, and where it says the same whatever went wrong. */
const stepsByGenesys: readonly FailedStep["step"][] = ["exchange", "refresh"];

/**
 * Signs in until it works or the time is over. Nothing is replaced for a failure that came less than three times, nor
 * while Salesforce does not answer what Genesys asks of it. A person is not asked thrice.
 */
export async function check(contract: PageContract, visitor: Visitor, options: CheckOptions): Promise<Check> {
  const { withinMs, inARow, answerDeadlineMs, signal, onAttempt } = options;
  const began = now();
  const row = new Row();
  const seen = await checkPatiently(contract, visitor, {
    withinMs,
    failures: isPerson(visitor) ? 1 : leastFailures,
    inARow: isPerson(visitor) ? 1 : inARow,
    ...(!isPerson(visitor) && { longestPauseMs: Math.min(longestPauseMs, withinMs) }),
    answerDeadlineMs,
    signal,
    onAttempt: (attempt) => {
      row.add(attempt);
      onAttempt(attempt);
    },
  });
  const at = now();
  const { failures, length, since } = row;
  const trouble = await troubleBehind(seen, contract, options);
  return {
    ...seen,
    ...(trouble && { tried: false, failed: trouble }),
    began,
    at,
    failures,
    inARow: length,
    worksSince: since,
  };
}

/**
 * Why a failure says nothing about the set after all. Genesys refuses every code while Salesforce does not answer it; and
 * a wrong discovery document is nothing that another member changes.
 */
async function troubleBehind(
  { tried, failed }: PatientVerdict,
  contract: PageContract,
  { signal, answerDeadlineMs }: CheckOptions,
): Promise<FailedStep | undefined> {
  if (!tried || failed === undefined) return undefined;
  if (failed.step === "discovery") return failed;
  if (!stepsByGenesys.includes(failed.step)) return undefined;
  const trouble = await salesforceTrouble(contract, sender(signal, answerDeadlineMs));
  if (trouble === undefined) return undefined;
  const { code, what, evidence, next } = trouble;
  const refused = `${failed.what} It may be no fault of the set: ${what}`;
  return { step: failed.step, code, what: refused, evidence: { ...failed.evidence, ...evidence }, next };
}

/** The sign-ins that worked one after the other, up to now; one that says nothing about the set does not count. */
class Row {
  failures = 0;
  length = 0;
  since: string | undefined;

  add({ verdict: { ok, tried } }: Attempt): void {
    if (!ok) this.failures++;
    if (!ok && tried) this.length = 0;
    if (ok && ++this.length === 1) this.since = now();
    if (this.length === 0) this.since = undefined;
  }
}

function now(): string {
  return new Date().toISOString();
}
