import { type StepName as SignInStepName, stepNames } from "../signIn/steps.ts";
import type { Step } from "./steps.ts";

/** What a sign-in check showed, as far as the search needs it. */
export interface Seen {
  ok: boolean;
  /** Whether it says anything about the set. */
  tried: boolean;
  failed?: { step: SignInStepName };
}

/** One step that was taken, with the sign-in before and after it. */
export interface Taken<Check extends Seen> {
  step: Step;
  before: Check;
  after: Check;
}

/** What a search found. */
export interface Search<Check extends Seen> {
  outcome: "cured" | "broken" | "unclear";
  /** All steps that were taken, in their order. */
  taken: Taken<Check>[];
  /** The step after which sign-in works: without it, it did not. */
  culprit?: Taken<Check>;
  /** Steps after which the sign-in got further than before: their members were at fault as well. */
  contributors: Taken<Check>[];
  /**
   * Steps taken before the cure that changed nothing to be seen. Another fault hid what they did, so nobody can tell
   * whether they cured one.
   */
  notCleared: Taken<Check>[];
}

/**
 * Takes one step after the other, with a sign-in check after each, and stops at the first that works, or that says
 * nothing about the set.
 *
 * @param before the check that found sign-in broken
 */
export async function search<Check extends Seen>(
  before: Check,
  steps: readonly Step[],
  take: (step: Step) => Promise<Check>,
): Promise<Search<Check>> {
  const taken: Taken<Check>[] = [];
  let last = before;
  for (const step of steps) {
    const after = await take(step);
    taken.push({ step, before: last, after });
    if (after.ok || !after.tried) break;
    last = after;
  }
  return judge(taken);
}

/** What the steps prove. Pure. */
export function judge<Check extends Seen>(taken: Taken<Check>[]): Search<Check> {
  const end = taken.at(-1);
  const culprit = end?.after.ok ? end : undefined;
  const others = taken.filter((each) => each !== culprit);
  const contributors = others.filter(({ after }) => {
    const earlier = taken.slice(0, taken.findIndex((each) => each.after === after) + 1);
    return reach(after) > Math.max(...earlier.map(({ before }) => reach(before)));
  });
  return {
    outcome: culprit ? "cured" : end && !end.after.tried ? "unclear" : "broken",
    taken,
    culprit,
    contributors,
    notCleared: culprit ? others.filter((each) => !contributors.includes(each)) : [],
  };
}

/** How far a sign-in came: the place of the step that failed. One that says nothing came nowhere. */
function reach({ tried, failed }: Seen): number {
  return tried && failed ? stepNames.indexOf(failed.step) : -1;
}
