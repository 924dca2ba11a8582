import { Command, Option } from "commander";
import type { StepName } from "../operations/rebuild/steps.ts";
import type { MemberName } from "../operations/stack/messagingSet.ts";
import { answer, forStack, type StackFlags, stackOf } from "./command.ts";
import { positiveSeconds, seconds } from "./seconds.ts";
import { type VisitorFlags, withVisitor } from "./visitor.ts";
import { helpNotes } from "./wrap.ts";

export interface RebuildFlags extends StackFlags, VisitorFlags {
  member?: MemberName;
  all?: boolean;
  from?: StepName;
  dryRun?: boolean;
  yes?: boolean;
  /** Seconds. */
  within?: number;
  /** Seconds. */
  timeout: number;
  report?: string;
}

const members: readonly MemberName[] = ["ECA", "credential", "integration", "configuration", "deployment"];
/** As operations/rebuild/steps.ts has them, which is loaded only when the command runs; a test compares. */
export const stepNames: readonly StepName[] = [
  "rewrite-credential",
  "rewrite-configuration",
  "rewrite-integration",
  "replace-integration",
  "replace-credential",
  "replace-eca",
  "replace-configuration",
  "replace-deployment",
];

/** `amsg rebuild`: cures a set whose sign-in is broken, and names the member that was at fault. */
export function rebuildCommand(): Command {
  const command = withVisitor(forStack(new Command("rebuild")))
    .description(
      "Makes a broken set sign visitors in again, one member at a time, and names the member that was at fault.",
    )
    .option("--find", "search for the member at fault: what happens when neither --member nor --all is given")
    .addOption(
      new Option("--member <member>", "replace this member alone")
        .choices(members)
        .conflicts(["find", "all"]),
    )
    .addOption(new Option("--all", "take the whole set down and build it again").conflicts("find"))
    .addOption(
      new Option("--from <step>", "go on with a search at this step")
        .choices(stepNames)
        .conflicts(["member", "all"]),
    )
    .option("--dry-run", "show what would be done and what that breaks; change nothing, ask no vendor")
    .option("-y, --yes", "do not ask before the first change")
    .option(
      "--within <seconds>",
      "how long a sign-in that fails is repeated after each step; 120, and 900 after a new ECA, when left out",
      seconds,
    )
    .addOption(
      new Option("--timeout <seconds>", "how long one answer of a vendor to a sign-in may take")
        .default(20)
        .argParser(positiveSeconds),
    )
    .option("--report <file>", "where to write the report, as .md and .html; in reports/ when left out")
    .addHelpText(
      "after",
      helpNotes(
        "Somebody signs in before the first step and after each. With --browser that is a page that opens by itself and " +
          "needs no click as long as you are logged in at Salesforce; with --paste, an address to paste each time. What " +
          "fails is tried again after 20, 40, 80 ... seconds, with --within 0 never.",
        "Exit code 0: sign-in works; 3: it still fails; 1: the command could not do its work; 64: the command line is wrong.",
      ),
    )
    .addHelpText(
      "after",
      `
Examples:
  $ AMSG_PASSWORD=... npx amsg rebuild --stack production --user visitor@acme.example
  $ npx amsg rebuild --stack production --browser
  $ npx amsg rebuild --stack production --dry-run
  $ npx amsg rebuild --stack production --member credential --browser
  $ npx amsg rebuild --stack production --from replace-eca --browser --yes`,
    );
  return command.action(async (flags: RebuildFlags) => {
    const names = flags.user !== undefined || flags.browser || flags.paste;
    if (!flags.dryRun && !names) command.error("error: say who signs in: --user, --browser or --paste");
    if (!flags.dryRun && !flags.yes && !process.stdin.isTTY)
      command.error("error: there is no terminal to ask at: look at it by --dry-run, then give --yes");
    await answer(flags, async (signal) => {
      const { dryRun, run } = await import("./rebuildRun.ts");
      return flags.dryRun
        ? dryRun(flags, stackOf(flags, signal))
        : run(flags, stackOf(flags, signal), signal);
    });
  });
}
