import { CodedError, type Evidence } from "../../providers/errors.ts";
import { unlessEnded, within } from "../../providers/operation.ts";
import { redactor } from "../../providers/redaction.ts";
import { answerDeadlineMs } from "../http.ts";
import { redacted, secretsOf } from "../secrets.ts";
import type { SignInVerdict } from "../signIn/check.ts";
import type { SignInStep } from "../signIn/steps.ts";
import type { Visitor } from "../signIn/visitor.ts";
import { memberOf, type OpenedSet } from "../stack/messagingSet.ts";
import { type CauseId, type Check, type CheckResult, type Facts, notRun, type Outcome } from "./check.ts";
import { checks as allChecks } from "./checks/index.ts";
import { type LiveSet, liveSetOf } from "./liveSet.ts";
import { withoutFollowers } from "./rootCauses.ts";
import { visitBy } from "./visit.ts";

/** How long one check may take unless the caller says otherwise, in milliseconds. */
export const checkDeadlineMs = 60_000;

export interface DiagnoseOptions {
  signal?: AbortSignal | undefined;
  /** Who signs in; without one, what only a sign-in shows is not looked at. */
  visitor?: Visitor | undefined;
  /** Only these causes; all of them when left out. */
  only?: readonly CauseId[] | undefined;
  /** `max_age` in seconds, where the page asks for one beyond the contract. */
  maxAge?: number | undefined;
  /**
   * How long one check, or one answer of a sign-in, may take, in milliseconds; those that need a visitor begin when the
   * sign-ins are over.
   */
  deadlineMs?: number | undefined;
  /** Called after every check, before what follows from another is taken out. */
  onCheck?: ((result: CheckResult) => void) | undefined;
  onStep?: ((step: SignInStep) => void) | undefined;
}

/** What came of all checks. */
export interface Diagnosis {
  /** In the order of their ids. */
  checks: readonly CheckResult[];
  /** Those of them with the status `finding`. */
  findings: readonly CheckResult[];
  /** The sign-in through Genesys; undefined without a visitor. */
  signIn: SignInVerdict | undefined;
}

/**
 * Looks for every known cause of a sign-in that fails, all at once. Nothing is written at a vendor; with a visitor, two
 * sign-ins are done, and what they were given is given back.
 *
 * @throws the signal's reason when it ends the work; nothing else: what a check throws is told in its result
 */
export async function diagnose(opened: OpenedSet, options: DiagnoseOptions = {}): Promise<Diagnosis> {
  const { only, deadlineMs = checkDeadlineMs, visitor, onCheck } = options;
  const live = liveSetOf(opened);
  const facts = factsOf(opened, live, options);
  const redact = redactor(secretsOf(opened, visitor));
  const chosen = allChecks.filter(({ id }) => only === undefined || only.includes(id));
  const results = await Promise.all(
    chosen.map(async (check) => {
      const outcome = await run(check, facts, deadlineMs, options.signal);
      const result = redacted(resultOf(check, outcome), redact);
      onCheck?.(result);
      return result;
    }),
  );
  const checks = withoutFollowers(results, allChecks);
  return {
    checks,
    findings: checks.filter(({ status }) => status === "finding"),
    signIn: facts.visit && redacted(await facts.visit.signIn(), redact),
  };
}

function factsOf(opened: OpenedSet, live: LiveSet, options: DiagnoseOptions): Facts {
  const { visitor, signal, onStep, maxAge, deadlineMs = checkDeadlineMs } = options;
  const contract = opened.set.pageContract;
  const secret = () => withinDeadline(() => presentSecret(opened, live), deadlineMs, signal);
  const client = async () => ({ clientId: contract.clientId, clientSecret: await secret() });
  const patience = { answerDeadlineMs: Math.min(answerDeadlineMs, deadlineMs) };
  const visit = visitor && visitBy(visitor, contract, client, { signal, onStep, maxAge, ...patience });
  return { set: opened.set, contract, assumptions: opened.connections.assumptions(), live, visit, maxAge };
}

/** That of Salesforce, so that tokens can be looked at though Genesys has another one; else the deployed one. */
async function presentSecret({ set }: OpenedSet, live: LiveSet): Promise<string> {
  const present = await live.consumerSecret().catch(() => undefined);
  return present ?? String(memberOf(set, "credential").outputs.clientSecret);
}

type Ran = Outcome & { error?: CheckResult["error"] };

async function run(
  check: Check,
  facts: Facts,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<Ran> {
  if (check.needsVisitor && !facts.visit)
    return notRun("It needs a visitor: give --user, --browser or --paste.");
  // Whoever signs in may take longer than any check.
  await facts.visit?.direct().catch(() => undefined);
  try {
    return await withinDeadline(() => check.look(facts), deadlineMs, signal);
  } catch (error) {
    signal?.throwIfAborted();
    return failed(error);
  }
}

/** Ends reads that are under way; all of them share their answers, and the end as well. */
async function withinDeadline<T>(
  work: () => Promise<T>,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(timedOut(deadlineMs)), deadlineMs);
  const ended = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  const silent = { tell: () => undefined, warn: () => undefined };
  try {
    return await within({ signal: ended, patienceMs: deadlineMs, ...silent }, () => unlessEnded(work()));
  } finally {
    clearTimeout(timer);
  }
}

function timedOut(deadlineMs: number): CodedError {
  return new CodedError({
    code: "DIAGNOSIS_TIMED_OUT",
    what: `There was no answer within ${deadlineMs / 1_000} s.`,
    next: "See that both vendors can be reached from here and look at their status pages; --deadline allows more time.",
  });
}

function failed(error: unknown): Ran {
  if (error instanceof CodedError) {
    const { code, what, evidence, next } = error;
    return { ...notRun(what, evidence), error: { code, next } };
  }
  const what = error instanceof Error ? error.message : String(error);
  const next = "Please report it: this is a fault of this project.";
  return { ...notRun(what), error: { code: "UNEXPECTED_ERROR", next } };
}

function resultOf({ id, title, severity, looks, member, fix }: Check, outcome: Ran): CheckResult {
  const { status, evidence, error } = outcome;
  const finding = outcome.status === "finding" ? outcome : undefined;
  return {
    id,
    title,
    severity,
    status,
    looked: looks,
    ...("what" in outcome && { what: outcome.what }),
    evidence: withoutUndefined(evidence),
    fixByCode: finding?.fix?.byCode ?? fix.byCode,
    fixByHand: finding?.fix?.byHand ?? fix.byHand,
    member: finding?.member ?? member,
    ...(finding?.alternatives?.length && { alternatives: finding.alternatives }),
    ...(error && { error }),
  };
}

function withoutUndefined(evidence: Evidence): Evidence {
  return Object.fromEntries(Object.entries(evidence).filter(([, value]) => value !== undefined));
}
