import type { PageContract } from "../../components/pageContract.ts";
import { CodedError } from "../../providers/errors.ts";
import type { Visitor } from "../signIn/visitor.ts";
import { type MemberName, type MessagingSet, readSet } from "../stack/messagingSet.ts";
import type { StackReference } from "../stack/pulumi.ts";
import type { EngineStep } from "../stack/update.ts";
import type { Check } from "./check.ts";
import { type Search, search } from "./search.ts";
import { firstPatienceMs, replacementOf, type Step, type StepName, steps } from "./steps.ts";
import { type TimelineEntry, Work } from "./work.ts";

/** Shows one piece of work while it is under way, as `step` of cli/progress.ts does. */
export type Show = <Result>(
  title: string,
  work: (shown: { news(line: string): void; outcome(text: string): void }) => Promise<Result>,
) => Promise<Result>;

/** What to rebuild: by a search, one member, or all. */
export type Wish = { find: true; from?: StepName } | { member: MemberName } | { all: true };

export interface RebuildOptions {
  /** Name of the set's component, where a stack has several. */
  set?: string | undefined;
  visitor: Visitor;
  /** How long a sign-in that fails is repeated after each step, in milliseconds. Default: that of the step. */
  withinMs?: number | undefined;
  /** The longest that one answer during a sign-in may take, in milliseconds. Default: that of a sign-in. */
  answerDeadlineMs?: number | undefined;
  show: Show;
  /** Asked before the first change; throws to leave everything as it is. */
  confirm: (wish: Wish, set: MessagingSet) => Promise<void>;
  /** Called before each step of a search. */
  onStep?: (step: Step) => void;
}

/** A member that an interrupted update has not made anew is missing. */
export type MemberIds = Partial<Record<MemberName, string>>;

export interface Rebuilt {
  /** `rebuilt`: done as told, and there was nothing to cure. `stopped`: it did not come to its end. */
  outcome: "healthy" | "cured" | "rebuilt" | "broken" | "stopped";
  wish: Wish;
  set: Pick<MessagingSet, "project" | "stack" | "name">;
  /** All sign-in checks in their order; at least one. */
  checks: readonly Check[];
  /** What the refresh at the beginning repaired. */
  repaired: EngineStep[];
  search?: Search<Check>;
  /** All that the engine did, or had begun when it was stopped. */
  changes: readonly EngineStep[];
  idsBefore: MemberIds;
  ids: MemberIds;
  contractBefore: PageContract;
  contract: PageContract;
  timeline: readonly TimelineEntry[];
}

/** A rebuild that did not come to its end, after it had begun to change something; `cause` says why. */
export class RebuildStopped extends Error {
  readonly rebuilt: Rebuilt;

  constructor(rebuilt: Rebuilt, cause: unknown) {
    super("The rebuild did not come to its end.", { cause });
    this.rebuilt = rebuilt;
  }
}

/** How an ended rebuild ended; the rest is known anyway. */
type End = Pick<Rebuilt, "outcome"> & Partial<Pick<Rebuilt, "repaired" | "search">>;

/**
 * Cures a set by making members anew, all through the engine: the state stays Pulumi's, and nothing else is kept.
 *
 * @throws CodedError REBUILD_SIGN_IN_UNCLEAR, STACK_UPDATE_FAILED, STACK_LOCKED and those of `readSet`
 * @throws RebuildStopped with one of those, or an interruption, as its cause
 */
export async function rebuild(
  reference: StackReference,
  wish: Wish,
  options: RebuildOptions,
): Promise<Rebuilt> {
  const set = await readSet(reference, options.set);
  const work = new Work(reference, options, set);
  const { project, stack, name, pageContract } = set;
  const rebuilt = (end: End): Rebuilt => ({
    repaired: [],
    wish,
    set: { project, stack, name },
    checks: work.checks,
    changes: work.changes,
    idsBefore: idsOf(set),
    ids: idsOf(work.set),
    contractBefore: pageContract,
    contract: work.set.pageContract,
    timeline: work.timeline,
    ...end,
  });

  const before = await work.check("before anything is changed", firstPatienceMs);
  if ("find" in wish) {
    if (before.ok) return rebuilt({ outcome: "healthy" });
    mustSayMore(before);
  }
  await options.confirm(wish, set);
  try {
    const end = "find" in wish ? await find(work, wish.from) : await doAsTold(work, wish, before);
    await work.readSet();
    return rebuilt(end);
  } catch (error) {
    if (work.changes.length === 0) throw error;
    await work.readSetAtTheEnd();
    throw new RebuildStopped(rebuilt({ outcome: "stopped" }), error);
  }
}

/** Repairs what a refresh shows, then takes the steps one after the other, each right after a sign-in that failed. */
async function find(work: Work, from: StepName | undefined): Promise<End> {
  const repaired = await work.repair();
  const check = await work.check("afterwards", firstPatienceMs);
  if (check.ok) return { outcome: "cured", repaired };
  mustSayMore(check);
  const first = from === undefined ? 0 : steps.findIndex(({ name }) => name === from);
  const found = await search(check, steps.slice(first), (step) => work.take(step));
  const after = found.taken.at(-1)?.after ?? check;
  if (!after.ok) mustSayMore(after);
  return { outcome: after.ok ? "cured" : "broken", repaired, search: found };
}

async function doAsTold(work: Work, wish: Wish, before: Check): Promise<End> {
  const after = "member" in wish ? await work.take(replacementOf(wish.member)) : await work.replaceAll();
  if (after.ok) return { outcome: before.ok ? "rebuilt" : "cured" };
  mustSayMore(after);
  return { outcome: "broken" };
}

/** A sign-in that says nothing about the set is no reason to replace anything. */
function mustSayMore({ tried, failed }: Check): void {
  if (tried) return;
  throw new CodedError({
    code: "REBUILD_SIGN_IN_UNCLEAR",
    what: `The sign-in check says nothing about the set, so nothing more is changed: ${failed?.what ?? "it did not end."}`,
    evidence: { ...failed?.evidence, "sign-in step": failed?.step, "sign-in code": failed?.code },
    next: failed?.next ?? "Run the command again.",
  });
}

function idsOf({ members }: MessagingSet): MemberIds {
  return Object.fromEntries(Object.entries(members).map(([name, { id }]) => [name, id]));
}
