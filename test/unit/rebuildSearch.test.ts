import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stepNames as commandStepNames } from "../../cli/rebuild.ts";
import { type Seen, search } from "../../operations/rebuild/search.ts";
import { replacementOf, type Step, steps } from "../../operations/rebuild/steps.ts";
import type { StepName } from "../../operations/signIn/steps.ts";
import { memberNames } from "../../operations/stack/messagingSet.ts";

const works: Seen = { ok: true, tried: true };
const fails = (step: StepName): Seen => ({ ok: false, tried: true, failed: { step } });
const silent: Seen = { ok: false, tried: false, failed: { step: "exchange" } };

/** One thing that is wrong: what cures it, and the step of a sign-in at which it shows. */
interface Wrong {
  cure: Step;
  shows: StepName;
}

/** A set with these faults: a replacement cures what a rewrite of the same member does, too. */
function setWith(wrongs: readonly Wrong[]) {
  const left = new Set(wrongs);
  const order: StepName[] = ["authorize", "exchange", "refresh"];
  const check = (): Seen => {
    const first = order.find((name) => [...left].some(({ shows }) => shows === name));
    return first ? fails(first) : works;
  };
  const take = async ({ member, way }: Step): Promise<Seen> => {
    for (const wrong of left) {
      const { cure } = wrong;
      if (cure.member === member && (way === "replace" || cure.way === "rewrite")) left.delete(wrong);
    }
    return check();
  };
  return { before: check(), take };
}

const named = (taken: { step: Step }[]) => taken.map(({ step }) => step.name);

describe("the search for the member at fault", () => {
  it.each(steps.map((step) => [step.name, step] as const))(
    "%s alone is named when it cures",
    async (_name, cure) => {
      const { before, take } = setWith([{ cure, shows: "exchange" }]);
      const found = await search(before, steps, take);
      expect(found.outcome).toBe("cured");
      expect(found.culprit?.step).toBe(cure);
      expect(found.culprit).toMatchObject({ before: { ok: false }, after: { ok: true } });
      // Nothing after the cure is touched, and what came before is not called innocent.
      expect(named(found.taken)).toEqual(steps.slice(0, steps.indexOf(cure) + 1).map(({ name }) => name));
      expect(named(found.notCleared)).toEqual(named(found.taken.slice(0, -1)));
      expect(found.contributors).toEqual([]);
    },
  );

  it("names any set of guilty members, and stops at the first cure", async () => {
    const wrong = fc.record({
      cure: fc.constantFrom(...steps),
      shows: fc.constantFrom<StepName>("authorize", "exchange", "refresh"),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(wrong, { minLength: 1, selector: ({ cure }) => cure.name }),
        async (wrongs) => {
          const { before, take } = setWith(wrongs);
          const found = await search(before, steps, take);
          expect(found.outcome).toBe("cured");
          const last = Math.max(...wrongs.map(({ cure }) => steps.indexOf(cure)));
          expect(found.culprit?.step).toBe(steps[last]);
          const told = [found.culprit, ...found.contributors, ...found.notCleared].map((each) => each?.step);
          for (const { cure } of wrongs) expect(told).toContain(cure);
          // A contributor is proven: something shows earlier or later because of it.
          for (const { step } of found.contributors)
            expect(wrongs.map(({ cure }) => cure.member)).toContain(step.member);
        },
      ),
    );
  });

  it("takes a sign-in that gets further for a proof, but not one that only comes back to where it was", async () => {
    const outcomes = [fails("authorize"), fails("exchange"), fails("authorize"), fails("exchange"), works];
    const found = await search(fails("authorize"), steps, async () => outcomes.shift() ?? works);
    expect(named(found.contributors)).toEqual([steps[1]?.name]);
    expect(found.culprit?.step).toBe(steps[4]);
  });

  it("replaces nothing more once a check says nothing about the set", async () => {
    const outcomes = [fails("exchange"), silent];
    const found = await search(fails("exchange"), steps, async () => outcomes.shift() ?? works);
    expect([found.outcome, found.taken.length, found.culprit]).toEqual(["unclear", 2, undefined]);
  });

  it("says so when nothing helps", async () => {
    const found = await search(fails("exchange"), steps, async () => fails("exchange"));
    expect([found.outcome, found.taken.length, found.notCleared]).toEqual(["broken", steps.length, []]);
  });
});

describe("the steps", () => {
  it("replace every member once, the one whose id is in every page last", () => {
    const replaced = steps.filter(({ way }) => way === "replace").map(({ member }) => member);
    expect(replaced.toSorted()).toEqual(memberNames.toSorted());
    expect(steps.at(-1)).toBe(replacementOf("deployment"));
  });

  it("are those that the command line takes", () => {
    expect(commandStepNames).toEqual(steps.map(({ name }) => name));
  });
});
