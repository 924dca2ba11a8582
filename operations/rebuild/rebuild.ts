import type { PageContract } from "../../components/pageContract.ts";
import { CodedError } from "../../providers/errors.ts";
import { credentialKind } from "../../providers/genesys/Credential.ts";
import { integrationKind } from "../../providers/genesys/Integration.ts";
import { messengerConfigurationKind } from "../../providers/genesys/MessengerConfiguration.ts";
import { rewriteOrder } from "../../providers/rewriteOrder.ts";
import { checkPatiently, type PatientVerdict } from "../signIn/patientSignIn.ts";
import type { Visitor } from "../signIn/visitor.ts";
import { type MemberName, type MessagingSet, memberNames, memberOf, readSet } from "../stack/messagingSet.ts";
import type { StackReference } from "../stack/pulumi.ts";
import { destroy, type EngineStep, type Order, up } from "../stack/update.ts";
import { type Search, search } from "./search.ts";
import { firstPatienceMs, replacementOf, type Step, type StepName, steps } from "./steps.ts";

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
  show: Show;
  /** Asked before the first change; throws to leave everything as it is. */
  confirm: (wish: Wish, set: MessagingSet) => Promise<void>;
  /** Called before each step of a search. */
  onStep?: (step: Step) => void;
}

/** A sign-in check, and when it ended. */
export interface Check extends PatientVerdict {
  /** ISO 8601, UTC. */
  at: string;
}

/** One line of the history. */
export interface TimelineEntry {
  /** ISO 8601, UTC. */
  at: string;
  what: string;
  detail: string;
}

export interface Rebuilt {
  /** `rebuilt`: done as told, and there was nothing to cure. */
  outcome: "healthy" | "cured" | "rebuilt" | "broken";
  wish: Wish;
  set: Pick<MessagingSet, "project" | "stack" | "name">;
  before: Check;
  after: Check;
  /** What the refresh at the beginning repaired. */
  repaired: EngineStep[];
  search?: Search<Check>;
  contractBefore: PageContract;
  contract: PageContract;
  timeline: TimelineEntry[];
}

/** The kinds that can be written anew in place. */
const rewritten: Partial<Record<MemberName, { noun: string }>> = {
  credential: credentialKind,
  integration: integrationKind,
  configuration: messengerConfigurationKind,
};

/**
 * Cures a set by making members anew, all through the engine: the state stays Pulumi's, and nothing else is kept.
 *
 * @throws CodedError REBUILD_SIGN_IN_UNCLEAR, STACK_UPDATE_FAILED, STACK_LOCKED and those of `readSet`
 */
export async function rebuild(
  reference: StackReference,
  wish: Wish,
  options: RebuildOptions,
): Promise<Rebuilt> {
  const work = new Work(reference, options);
  const set = await readSet(reference, options.set);
  const { project, stack, name, pageContract } = set;
  const began = { wish, set: { project, stack, name }, contractBefore: pageContract };
  const before = await work.check(pageContract, "before anything is changed", firstPatienceMs);
  const finish = async (rest: Pick<Rebuilt, "outcome" | "after"> & Partial<Rebuilt>): Promise<Rebuilt> => {
    const { pageContract: contract } =
      rest.outcome === "healthy" ? set : await readSet(reference, options.set);
    return { repaired: [], ...began, before, contract, timeline: work.timeline, ...rest };
  };
  if ("find" in wish) {
    if (before.ok) return finish({ outcome: "healthy", after: before });
    mustSayMore(before);
    await options.confirm(wish, set);
    return finish(await work.find(before, wish.from));
  }
  await options.confirm(wish, set);
  const after = "all" in wish ? await work.replaceAll(set) : await work.take(replacementOf(wish.member));
  const outcome = !after.ok ? "broken" : before.ok ? "rebuilt" : "cured";
  return finish({ outcome, after });
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

/** One rebuild under way: the engine, the sign-in checks, and what happened so far. */
class Work {
  readonly timeline: TimelineEntry[] = [];
  readonly #reference: StackReference;
  readonly #options: RebuildOptions;

  constructor(reference: StackReference, options: RebuildOptions) {
    this.#reference = reference;
    this.#options = options;
  }

  /** Repairs what a refresh shows, then takes the steps one after the other. */
  async find(before: Check, from: StepName | undefined) {
    const repaired = await this.#engine("Repair what has changed behind Pulumi's back", { refresh: true });
    // Nothing was repaired: the check before still holds.
    const repairedCheck = repaired.length > 0 ? await this.#checkNow(firstPatienceMs) : before;
    if (repairedCheck.ok) return { outcome: "cured" as const, after: repairedCheck, repaired };
    mustSayMore(repairedCheck);
    const first = from === undefined ? 0 : steps.findIndex(({ name }) => name === from);
    const found = await search(repairedCheck, steps.slice(first), (step) => this.take(step));
    const after = found.taken.at(-1)?.after ?? repairedCheck;
    if (!after.ok) mustSayMore(after);
    return { outcome: after.ok ? ("cured" as const) : ("broken" as const), after, repaired, search: found };
  }

  /** Takes one step by the engine, then checks a sign-in by the page contract that came out of it. */
  async take(step: Step): Promise<Check> {
    this.#options.onStep?.(step);
    const member = memberOf(await readSet(this.#reference, this.#options.set), step.member);
    const kind = rewritten[step.member];
    const order =
      step.way === "rewrite" && kind
        ? { rewrite: rewriteOrder(kind, String(member.inputs.owner)) }
        : { replace: member.urn };
    await this.#engine(capitalised(step.title), order);
    return this.#checkNow(step.patienceMs);
  }

  /** Takes the whole set down, those that use others first, and builds it again. */
  async replaceAll({ members }: MessagingSet): Promise<Check> {
    const urns = memberNames.flatMap((name) => members[name]?.urn ?? []);
    await this.#show("Take all members down", (onStep) => destroy(this.#reference, urns, onStep));
    await this.#engine("Build all members again", { refresh: true });
    return this.#checkNow(replacementOf("ECA").patienceMs);
  }

  async check(contract: PageContract, when: string, patienceMs: number): Promise<Check> {
    const { visitor, withinMs = patienceMs, show } = this.#options;
    const verdict = await show(`Sign-in ${when}`, async ({ news, outcome }) => {
      const seen = await checkPatiently(contract, visitor, {
        withinMs,
        signal: this.#reference.signal,
        onAttempt: ({ number, nextInMs, verdict: { failed } }) =>
          nextInMs && news(`attempt ${number}: ${failed?.code}; again in ${nextInMs / 1_000} s`),
      });
      outcome(shown(seen));
      return seen;
    });
    this.#tell(`Sign-in check ${when}`, shown(verdict));
    return { ...verdict, at: new Date().toISOString() };
  }

  async #checkNow(patienceMs: number): Promise<Check> {
    const { pageContract } = await readSet(this.#reference, this.#options.set);
    return this.check(pageContract, "afterwards", patienceMs);
  }

  #engine(title: string, order: Order): Promise<EngineStep[]> {
    return this.#show(title, (onStep) => up(this.#reference, order, onStep));
  }

  async #show(title: string, run: (onStep: (step: EngineStep) => void) => Promise<EngineStep[]>) {
    const done = await this.#options.show(title, async ({ news, outcome }) => {
      const changed = await run((step) => news(shownStep(step)));
      outcome(shownSteps(changed));
      return changed;
    });
    this.#tell(title, shownSteps(done));
    return done;
  }

  #tell(what: string, detail: string): void {
    this.timeline.push({ at: new Date().toISOString(), what, detail });
  }
}

function shown({ ok, failed, attempts, tookMs }: PatientVerdict): string {
  const tries = `${attempts} ${attempts === 1 ? "attempt" : "attempts"} in ${(tookMs / 1_000).toFixed(1)} s`;
  if (ok) return `works (${tries})`;
  const { contextId } = failed?.evidence ?? {};
  return `fails at the step ${failed?.step}: ${failed?.code}${contextId ? `, contextId ${contextId}` : ""} (${tries})`;
}

/** What the engine did: "update messaging-credential"; a replacement is named once. */
export function shownSteps(engineSteps: readonly EngineStep[]): string {
  const whole = engineSteps.filter(({ op }) => !["create-replacement", "delete-replaced"].includes(op));
  return whole.map(shownStep).join(", ") || "nothing to do";
}

function shownStep({ op, urn }: EngineStep): string {
  return `${op} ${urn.slice(urn.lastIndexOf("::") + 2)}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
