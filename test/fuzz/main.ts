/**
 * Lets sets live through random programs, changes by hand, faults and crashes, and checks after each life that the
 * life cycle has kept what it promises (docs/reliability.md).
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import fc from "fast-check";
import { histories } from "./arbitraries.ts";
import { BrokenPromise, type History, live, type Tally } from "./history.ts";
import { startWorld, type World } from "./world.ts";

/** Where a failing history is written, in the checkout. */
const folder = join(import.meta.dirname, "..", "..", ".cache", "fuzz");

interface Flags {
  histories: number;
  seed: number;
  replay?: string;
}

await new Command("npm run fuzz --")
  // A wrong command line is no broken promise.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 64))
  .description("Random lives of a set against the sandbox; a failing one is shrunk and written to a file.")
  .option("--histories <n>", "how many", wholeNumber, 10_000)
  .option("--seed <s>", "the same seed gives the same histories", wholeNumber, Date.now() % 2 ** 31)
  .option("--replay <file>", "live through the history in this file again, nothing else")
  .addHelpText(
    "after",
    `
Exit codes: 0 every promise was kept, 1 one was broken, 64 a wrong command line.

Examples:
  $ npm run fuzz
  $ npm run fuzz -- --histories 500 --seed 7
  $ npm run fuzz -- --replay .cache/fuzz/7.json`,
  )
  .action(async (flags: Flags) => {
    const world = await startWorld();
    try {
      const kept = flags.replay ? await replay(world, flags.replay) : await search(world, flags);
      process.exitCode = kept ? 0 : 1;
    } finally {
      await world.stop();
    }
  })
  .parseAsync();

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number.");
}

async function replay(world: World, file: string): Promise<boolean> {
  try {
    const tally = await live(world, JSON.parse(await readFile(file, "utf8")) as History);
    console.log(`Every promise was kept: ${described(tally)}.`);
    return true;
  } catch (error) {
    console.log(error instanceof BrokenPromise ? error.message : error);
    return false;
  }
}

async function search(world: World, { histories: count, seed }: Flags): Promise<boolean> {
  const began = performance.now();
  const total: Tally = { runs: 0, crashes: 0, strikes: 0, requests: 0 };
  let lived = 0;
  const property = fc.asyncProperty(histories, async (history) => {
    const tally = await live(world, history);
    for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
    lived += 1;
    if (lived % 100 === 0) console.error(`${lived} histories, ${seconds(began)} s`);
  });
  const result = await fc.check(property, { numRuns: count, seed });
  console.log(`Seed ${seed}: ${lived} histories, ${described(total)}, in ${seconds(began)} s.`);
  if (!result.failed) {
    console.log("Every promise was kept.");
    return true;
  }
  const [history] = result.counterexample ?? [];
  const file = join(folder, `${seed}.json`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(history, null, 2)}\n`);
  const { errorInstance: error } = result;
  console.log(error instanceof BrokenPromise ? error.message : error);
  console.log(`\nThe shortest history that shows it: ${file}\n  next: npm run fuzz -- --replay ${file}`);
  return false;
}

function described({ runs, crashes, strikes, requests }: Tally): string {
  return `${runs} runs, ${crashes} crashes, ${strikes} strikes of faults, ${requests} requests`;
}

function seconds(began: number): number {
  return Math.round((performance.now() - began) / 1000);
}
