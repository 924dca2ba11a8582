import type { PageContract } from "../../components/pageContract.ts";
import type { Assumptions } from "../../providers/assumptions.ts";
import type { Evidence } from "../../providers/errors.ts";
import type { MemberName, MessagingSet } from "../stack/messagingSet.ts";
import type { LiveSet } from "./liveSet.ts";
import type { Visit } from "./visit.ts";

/** A causes at the exchange, B around it, C and D of the tools that build the set. */
export type CauseId = `${"A" | "B" | "C" | "D"}${number}`;

/** `critical`: nobody can sign in. `warning`: it works worse. `note`: advice, never a finding. */
export type Severity = "critical" | "warning" | "note";

/** Where a cause lies: in a member, in the web page, or in the log-ins of the tools. */
export type Culprit = MemberName | "page" | "log-ins";

/** What is done about a cause. */
export interface Fix {
  byCode: string;
  byHand: string;
}

/** One cause of a sign-in that fails: its story, and how it is looked for. */
export interface Check {
  id: CauseId;
  title: string;
  severity: Severity;
  member: Culprit;
  /** What is looked at. */
  looks: string;
  story: {
    /** What a person sees. */
    symptom: string;
    cause: string;
    /** How it is told from others, and what cannot be told. */
    detection: string;
    /** Where this is known from. */
    source: string;
  };
  fix: Fix;
  /** Causes that bring this one in their wake: when one of them is found, this one is not reported. */
  follows?: readonly CauseId[];
  /** It can be seen only while somebody signs in. */
  needsVisitor?: true;
  /** Looks, and writes nothing at a vendor. What it throws is told as the reason why it could not run. */
  look(facts: Facts): Promise<Outcome>;
}

/** What a check can look at: the state's record, the live set, and a sign-in where there is a visitor. */
export interface Facts {
  set: MessagingSet;
  contract: PageContract;
  assumptions: Assumptions;
  live: LiveSet;
  visit: Visit | undefined;
  /** `max_age` in seconds, where the page asks for one beyond the contract. */
  maxAge: number | undefined;
}

export type Outcome = { evidence: Evidence } & (
  | { status: "ok" }
  | ({ status: "finding"; what: string } & Particulars)
  | { status: "notRun"; what: string }
);

/** In what a finding differs from the check's usual one. */
interface Particulars {
  member?: Culprit;
  fix?: Partial<Fix>;
  /** Other causes that would look the same. */
  alternatives?: readonly CauseId[];
}

/** Nothing is wrong here. */
export function ok(evidence: Evidence = {}): Outcome {
  return { status: "ok", evidence };
}

/** @param what is wrong, in one sentence */
export function found(what: string, evidence: Evidence = {}, particulars: Particulars = {}): Outcome {
  return { status: "finding", what, evidence, ...particulars };
}

/** @param why there was nothing to look at, in one sentence */
export function notRun(why: string, evidence: Evidence = {}): Outcome {
  return { status: "notRun", what: why, evidence };
}

/** What came of one check. */
export interface CheckResult extends Pick<Check, "id" | "title" | "severity"> {
  status: Outcome["status"];
  /** What was looked at. */
  looked: string;
  /** What is wrong, or why the check could not run. */
  what?: string;
  /** Without any secret. */
  evidence: Evidence;
  fixByCode: string;
  fixByHand: string;
  /** The member at fault. */
  member: Culprit;
  alternatives?: readonly CauseId[];
  /** The error that kept the check from running, and what to do about it. */
  error?: { code: string; next: string };
}
