import type { Host } from "../engine/stack.ts";
import { type Crash, type Outcome, requestsOf, survive } from "./crash.ts";
import type { Victim } from "./victims.ts";
import { type Operation, openWorld, type World } from "./world.ts";

/** Which crashes are tried. */
export interface Choice {
  operations: readonly Operation[];
  hosts: readonly Host[];
  victim: Victim;
  moments: readonly Crash["when"][];
  /** Every so many of them, from the one with this number on; 1 and 0 are all. */
  stride: number;
  offset: number;
  /** This request alone. */
  request?: Crash["request"];
}

/** What came of a campaign; plain JSON. */
export interface Summary {
  choice: Choice;
  /** So many there were to choose from. */
  of: number;
  cases: number;
  /** Cases whose operation needed fewer requests than in the run that counted them. */
  notReached: number;
  failures: number;
  /** By what brought the set in order after a kill: "up", "up, up --refresh" ... */
  convergedBy: Record<string, number>;
  seconds: number;
  outcomes: Outcome[];
}

/** Worlds side by side: each has its own vendors and its own stack. */
const worlds = 2;

/**
 * @param onOutcome is told each outcome, and of how many
 * @param ending ends it after the cases that are under way
 */
export async function crashAll(
  choice: Choice,
  onOutcome: (outcome: Outcome, number: number, of: number) => void = () => undefined,
  ending?: AbortSignal,
): Promise<Summary> {
  const began = performance.now();
  const opened = await Promise.all(Array.from({ length: worlds }, openWorld));
  try {
    const all = await crashesOf(opened, choice);
    const chosen = all.filter((_, index) => index % choice.stride === choice.offset);
    const outcomes: Outcome[] = [];
    const waiting = chosen.values();
    const work = async (world: World) => {
      for (const crash of waiting) {
        if (ending?.aborted) return;
        const outcome = await survive(world, crash);
        outcomes.push(outcome);
        onOutcome(outcome, outcomes.length, chosen.length);
      }
    };
    await Promise.all(opened.map(work));
    return summed(choice, all.length, outcomes, Math.round((performance.now() - began) / 1000));
  } finally {
    await Promise.all(opened.map((world) => world.close()));
  }
}

/** Every request of every operation, on every host, before and after it. */
async function crashesOf([world]: readonly World[], choice: Choice): Promise<Crash[]> {
  if (world === undefined) return [];
  const { victim } = choice;
  const crashes: Crash[] = [];
  for (const host of choice.hosts)
    for (const operation of choice.operations) {
      const requests =
        choice.request === undefined ? upTo(await requestsOf(world, operation, host)) : [choice.request];
      for (const when of choice.moments)
        for (const request of requests) crashes.push({ operation, host, victim, when, request });
    }
  return crashes;
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function summed(choice: Choice, of: number, outcomes: Outcome[], seconds: number): Summary {
  const ways = Object.groupBy(
    outcomes.filter(({ problem, at }) => problem === undefined && at !== undefined),
    ({ runs }) => runs.join(", "),
  );
  const convergedBy = Object.entries(ways).map(([way, all]) => [way, all?.length ?? 0]);
  return {
    choice,
    of,
    cases: outcomes.length,
    notReached: outcomes.filter(({ at }) => at === undefined).length,
    failures: outcomes.filter(({ problem }) => problem !== undefined).length,
    convergedBy: Object.fromEntries(convergedBy),
    seconds,
    outcomes,
  };
}
