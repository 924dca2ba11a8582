/**
 * Kills a process of Pulumi before and after every single request of an operation on a whole set, with the real
 * engine, and looks whether the next runs bring the set in order (docs/reliability.md).
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { type Choice, crashAll } from "./campaign.ts";
import type { Crash, Outcome } from "./crash.ts";
import { type Victim, victims } from "./victims.ts";
import { operations } from "./world.ts";

const usualReport = join(import.meta.dirname, "..", "..", ".cache", "crashes", "summary.json");

interface Flags extends Omit<Choice, "operations" | "hosts" | "moments"> {
  operation: Choice["operations"];
  host: Choice["hosts"];
  when: Choice["moments"];
  report: string;
}

await new Command("npm run crashes --")
  // A wrong command line is no broken promise.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 64))
  .description(
    "Kills a process before and after every request of an operation on a whole set, in the sandbox.",
  )
  .addOption(several("--operation <names...>", "what is under way", operations))
  .addOption(several("--host <names...>", "who runs the providers", ["own", "stock"]))
  .addOption(
    several("--when <names...>", "before or after the vendor does what is asked", ["before", "after"]),
  )
  .addOption(
    new Option("--victim <name>", "who is killed")
      .choices(Object.keys(victims) as Victim[])
      .default("provider-host"),
  )
  .option("--stride <n>", "only every n-th case", wholeNumber, 1)
  .option("--offset <n>", "the first of them, from 0", wholeNumber, 0)
  .option(
    "--request <which>",
    "only this one: its number, or how it begins, as a regular expression",
    request,
  )
  .option("--report <file>", "where the summary goes, as JSON", usualReport)
  .addHelpText(
    "after",
    `
Exit codes: 0 every promise was kept, 1 one was broken or no such request was met, 64 a wrong command
line. Ctrl-C ends it after the cases that are under way, with a summary of those that were tried; a second one
at once.

Examples:
  $ npm run crashes
  $ npm run crashes -- --stride 8 --offset 3
  $ npm run crashes -- --operation replace --host own --when after --request 17
  $ npm run crashes -- --host stock --request 'POST /api/v2/integrations$'
  $ npm run crashes -- --victim cli --stride 4`,
  )
  .action(async ({ operation, host, when, report, ...others }: Flags) => {
    const choice = { operations: operation, hosts: host, moments: when, ...others };
    const ending = new AbortController();
    process.once("SIGINT", () => {
      console.error("Ends after the cases that are under way; Ctrl-C again ends it at once.");
      ending.abort();
    });
    const tell = (outcome: Outcome, number: number, of: number) =>
      console.error(`[${number}/${of}] ${described(outcome)}`);
    const summary = await crashAll(choice, tell, ending.signal);
    await mkdir(dirname(report), { recursive: true });
    await writeFile(report, `${JSON.stringify(summary, null, 2)}\n`);
    const { cases, of, failures, notReached, convergedBy, seconds } = summary;
    console.log(`${cases} of ${of} cases in ${seconds} s: ${failures} failed, ${notReached} not reached.`);
    for (const [way, count] of Object.entries(convergedBy)) console.log(`  in order by ${way}: ${count}`);
    console.log(`  The summary: ${report}`);
    if (cases === notReached) console.error("No run made such a request.");
    process.exitCode = failures === 0 && notReached < cases ? 0 : 1;
  })
  .parseAsync();

function several<Name extends string>(flags: string, what: string, names: readonly Name[]): Option {
  return new Option(flags, what).choices(names).default(names, "all");
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number.");
}

function request(text: string): Crash["request"] {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function described({ operation, host, when, victim, request, at, runs, seconds, problem }: Outcome): string {
  const where =
    at === undefined
      ? `${operation} on ${host}, request ${request} not reached, nobody struck`
      : `${operation} on ${host}, ${victim} struck ${when} request ${request} (${at})`;
  return `${where}: ${problem ?? `in order by ${runs.join(", ")}`} [${seconds} s]`;
}
