import { isDeepStrictEqual } from "node:util";
import { signIn } from "../../operations/signIn/signIn.ts";
import { visitor } from "../../sandbox/accounts.ts";
import type { Passing } from "../../sandbox/faults/faults.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Host, printed, type Run, type Stack } from "../engine/stack.ts";
import { sets } from "../engine/vendors.ts";
import { leaveNothing, type Process, processesOf, strike, type Victim } from "./victims.ts";
import type { Operation, World } from "./world.ts";

/** Right before or right after the vendors do what the n-th request of an operation asks, somebody is killed. */
export interface Crash {
  operation: Operation;
  host: Host;
  victim: Victim;
  when: "before" | "after";
  /**
   * Its number, from 1 and over both vendors; or how it begins, for the first such, as a regular expression:
   * `POST /api/v2/integrations$`.
   */
  request: number | string;
}

/** What became of the set. */
export interface Outcome extends Crash {
  /** The request at which it happened; absent when the operation needed fewer. */
  at?: string;
  /** The runs that brought the set in order. */
  runs: string[];
  seconds: number;
  /** The promise that was broken. */
  problem?: string;
}

/** A promise of the life cycle that a crash broke. */
class BrokenPromise extends Error {}

/** The number of requests that the operation needs when nothing happens. */
export async function requestsOf(world: World, operation: Operation, host: Host): Promise<number> {
  await world.begin(operation, host);
  let count = 0;
  const leave = world.sandbox.faults.accompany({
    before: () => {
      count += 1;
    },
  });
  const run = await world.run(operation);
  leave();
  if (run.code !== 0) throw new Error(`Without any crash:\n${printed(run)}`);
  return count;
}

/** Lets it happen, brings the set in order as a person would, and looks whether it is. */
export async function survive(world: World, crash: Crash): Promise<Outcome> {
  const began = performance.now();
  const outcome: Outcome = { ...crash, runs: [], seconds: 0 };
  try {
    await world.begin(crash.operation, crash.host);
    await happen(world, crash, outcome);
    if (crash.operation === "destroy") await takeDown(world, outcome.runs);
    else await bringInOrder(world, outcome.runs);
  } catch (error) {
    if (!(error instanceof BrokenPromise)) throw error;
    outcome.problem = error.message;
  }
  outcome.seconds = Math.round((performance.now() - began) / 100) / 10;
  return outcome;
}

/** Runs the operation into the crash, and notes the request at which it happened. */
async function happen(world: World, crash: Crash, outcome: Outcome): Promise<void> {
  const { sandbox, stack } = world;
  let [begun, chosen] = [0, undefined as Passing | undefined];
  let others: Process[] = [];
  let killing: Promise<void> | undefined;
  const strikeAt = async (request: Passing) => {
    others = processesOf(stack);
    await strike(stack, crash.victim);
    outcome.at = nameOf(request);
  };
  const kill = (request: Passing) => {
    killing = strikeAt(request);
    return killing;
  };
  const leave = sandbox.faults.accompany({
    async before(request) {
      begun += 1;
      const isIt =
        typeof crash.request === "number"
          ? begun === crash.request
          : new RegExp(`^${crash.request}`).test(nameOf(request));
      if (!isIt || chosen !== undefined) return;
      chosen = request;
      if (crash.when === "after") return;
      await kill(request);
      // A host that is still there gets its answer.
      if (crash.victim === "provider-host") request.reset();
    },
    async after(answer, request) {
      if (crash.when === "after" && request === chosen) await kill(request);
      return answer;
    },
  });
  const run = await world.run(crash.operation);
  leave();
  if (chosen === undefined) return;
  // A killed CLI is over before it is known to be gone.
  await killing;
  if (outcome.at === undefined) throw new Error(`The ${crash.victim} could not be killed.`);
  if (crash.victim === "provider-host") promise(run.code !== 0, "a killed run fails", run);
  if (crash.victim === "cli") {
    await leaveNothing(others).catch((error: Error) =>
      promise(false, `no provider host outlives the CLI: ${error.message}`),
    );
    await stack.cancel();
  }
}

function nameOf({ operation, method, path }: Passing): string {
  return `${operation ?? method} ${path}`;
}

async function bringInOrder({ stack, sandbox }: World, runs: string[]): Promise<void> {
  // What a deletion did whose end nobody recorded is seen by a refresh alone.
  await converge(["up", "up --refresh"], runs, async (command) => {
    const run = await stack.up("--suppress-outputs", ...command.split(" ").slice(1));
    if (run.code !== 0) return run;
    return stack.preview("--refresh", "--expect-no-changes", "--suppress-outputs");
  });
  await clearPending(stack);
  await checkObjects(sandbox, 1);
  const { pageContract } = await stack.outputs();
  await signIn(pageContract, visitor).catch((error: Error) =>
    promise(false, `a visitor can sign in: ${error.message}`),
  );
}

/** What the engine was about to create when it was killed: it goes on warning of that until it is told not to. */
async function clearPending(stack: Stack): Promise<void> {
  const pending = await stack.pendingOperations();
  promise(
    pending.every(({ type }) => type === "creating"),
    `only creations stay pending: ${JSON.stringify(pending)}`,
  );
  if (pending.length === 0) return;
  const run = await stack.refresh("--clear-pending-creates", "--expect-no-changes");
  promise(run.code === 0, "a refresh that clears what is pending changes nothing", run);
  promise((await stack.pendingOperations()).length === 0, "nothing stays pending");
}

async function takeDown({ stack, sandbox }: World, runs: string[]): Promise<void> {
  await converge(["destroy", "destroy"], runs, () => stack.destroy());
  await checkObjects(sandbox, 0);
  const left = await stack.resources();
  promise(left.length === 0, `destroy leaves nothing in the state: ${left.map(({ urn }) => urn).join(" ")}`);
}

/** Runs the commands, one after the other, until one has brought the set in order. */
async function converge(
  commands: readonly string[],
  runs: string[],
  attempt: (command: string) => Promise<Run>,
): Promise<void> {
  let last: Run | undefined;
  for (const command of commands) {
    runs.push(command);
    last = await attempt(command);
    if (last.code === 0) return;
  }
  promise(false, `in order after ${commands.join(", ")}`, last);
}

async function checkObjects({ salesforceUrl, genesysUrl }: Sandbox, number: number): Promise<void> {
  const counts = [genesysUrl, salesforceUrl].map(async (url) =>
    (await fetch(`${url}/_sandbox/objects`)).json(),
  );
  const objects = Object.assign({}, ...(await Promise.all(counts)));
  promise(isDeepStrictEqual(objects, sets(number)), `no orphan and no twin: ${JSON.stringify(objects)}`);
}

function promise(isKept: boolean, what: string, run?: Run): void {
  if (!isKept) throw new BrokenPromise(`Not kept: ${what}${run ? `\n${printed(run)}` : ""}`);
}
