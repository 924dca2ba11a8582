/**
 * Measures the five-member stack on both provider hosts against an empty Pulumi program, all in one run on the same
 * machine. Ratios are what counts: seconds differ from machine to machine. Uses the sandbox; takes about two minutes
 * on an idle machine. Exit code 1 when our own host is out of a bound, 130 after Ctrl-C.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Interrupted, interruption } from "../cli/interruption.ts";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import { hostReady } from "./hostReady.ts";
import { watchProviderHosts } from "./processes.ts";
import { type Figures, report } from "./report.ts";
import { emptyStack, ownHostStack, type SetStack, type Stack, stockHostStack } from "./stacks.ts";

/** Of each the median is reported; a round before them fills caches. */
const rounds = 5;

/** What is timed, in the order in which a set goes through it; a last `destroy` is not. */
const commands = {
  create: ["up", "--yes", "--skip-preview"],
  preview: ["preview"],
  refresh: ["preview", "--refresh"],
  up: ["up", "--yes", "--skip-preview"],
};

/** The set is measured on each host. */
const programs = ["empty", "own", "stock"] as const;
type Program = (typeof programs)[number];

const signal = interruption();
const folder = await mkdtemp(join(tmpdir(), "authenticated-messaging-bench-"));
const sandboxes: Sandbox[] = [];
try {
  const keepsBounds = report(await measure());
  process.exitCode = keepsBounds ? 0 : 1;
} catch (error) {
  if (!signal.aborted) throw error;
  console.error((signal.reason as Interrupted).message);
  process.exitCode = 130;
} finally {
  await Promise.all(sandboxes.map((sandbox) => sandbox.stop()));
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}

async function measure(): Promise<Figures> {
  const sets = {
    own: await ownHostStack(await newSandbox(), join(folder, "own"), signal),
    stock: await stockHostStack(await newSandbox(), join(folder, "stock"), signal),
  };
  const stacks = { empty: await emptyStack(join(folder, "empty"), signal), ...sets };
  const seconds: Record<Program, Seconds[]> = { empty: [], own: [], stock: [] };
  for (let round = 0; round <= rounds; round++) {
    console.error(round === 0 ? "Filling caches ..." : `Round ${round} of ${rounds} ...`);
    const took = await oneRound(stacks, sets);
    if (round === 0) continue;
    for (const program of programs) seconds[program].push(took[program]);
  }
  console.error("Counting requests ...");
  return {
    empty: mediansOf(seconds.empty),
    own: { ...mediansOf(seconds.own), ...(await countsOf(sets.own)) },
    stock: { ...mediansOf(seconds.stock), ...(await countsOf(sets.stock)) },
    times: {
      own: mediansOf(ratiosOf(seconds.own, seconds.empty)),
      stock: mediansOf(ratiosOf(seconds.stock, seconds.empty)),
    },
  };
}

async function newSandbox(): Promise<Sandbox> {
  const sandbox = await startSandbox();
  sandboxes.push(sandbox);
  return sandbox;
}

/** How long each took, by the names of the figures. */
type Seconds = Record<string, number>;

/** The programs in turn with each command, so that a busy moment of the machine hits all alike. */
async function oneRound(stacks: Record<Program, Stack>, sets: Record<"own" | "stock", SetStack>) {
  const took: Record<Program, Seconds> = { empty: {}, own: {}, stock: {} };
  for (const [name, command] of Object.entries(commands))
    for (const program of programs) took[program][name] = await secondsOf(stacks[program], command);
  for (const program of ["own", "stock"] as const) {
    await sets[program].pulumi("destroy", "--yes", "--skip-preview");
    took[program].ready = await hostReady(sets[program]);
  }
  return took;
}

async function secondsOf(stack: Stack, command: readonly string[]): Promise<number> {
  const began = performance.now();
  await stack.pulumi(...command);
  return (performance.now() - began) / 1000;
}

/** Requests and memory, in runs of their own: watching processes takes time. */
async function countsOf(stack: SetStack) {
  const { salesforce, genesys } = stack.sandbox;
  const requests = async (...command: string[]) => {
    salesforce.log.clear();
    genesys.log.clear();
    await stack.pulumi(...command);
    return salesforce.log.count() + genesys.log.count();
  };
  const hosts = watchProviderHosts();
  const requestsToCreate = await requests(...commands.create);
  const requestsToRefresh = await requests(...commands.refresh);
  return { requestsToCreate, requestsToRefresh, megabytes: hosts.stop() / 1e6 };
}

/** Round by round, since what runs one after the other meets the same machine. */
function ratiosOf(set: readonly Seconds[], empty: readonly Seconds[]): Seconds[] {
  const ratio = (round: number, name: string) => (set[round]?.[name] ?? 0) / (empty[round]?.[name] ?? 0);
  return set.map((_took, round) =>
    Object.fromEntries(Object.keys(commands).map((name) => [name, ratio(round, name)])),
  );
}

function mediansOf(rounds: readonly Seconds[]): Seconds {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((took) => took[name] ?? 0))]));
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
