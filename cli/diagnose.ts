import { Command, Option } from "commander";
import type { CauseId } from "../operations/diagnosis/check.ts";
import { answer, forStack, type StackFlags, stackOf } from "./command.ts";
import { positiveSeconds } from "./seconds.ts";
import { type VisitorFlags, withVisitor } from "./visitor.ts";
import { helpNotes } from "./wrap.ts";

export interface DiagnoseFlags extends StackFlags, VisitorFlags {
  /** `true` for all of them. */
  explain?: string | true;
  only?: CauseId[];
  maxAge?: number;
  /** Seconds. */
  deadline: number;
  html?: string;
  junit?: string;
}

/** `amsg diagnose`: looks for every known cause of a sign-in that fails. */
export function diagnoseCommand(): Command {
  return withVisitor(forStack(new Command("diagnose")))
    .description(
      "Looks for every known cause of a sign-in that fails, and names the one that it is. Writes nothing at a vendor.",
    )
    .option(
      "--explain [cause]",
      "tell the whole story of a cause such as A7, or list them all; asks no vendor",
      (cause) => cause.toUpperCase(),
    )
    .option("--only <causes>", "look for these alone, such as A5,A7", causes)
    .option("--max-age <seconds>", "the max_age that the page asks for, if it does", positiveSeconds)
    .addOption(
      new Option("--deadline <seconds>", "how long one check may take")
        .default(60)
        .argParser(positiveSeconds),
    )
    .option("--html <file>", "write a report for people, one page that stands alone")
    .option("--junit <file>", "write a report for pipelines")
    .addHelpText(
      "after",
      helpNotes(
        "A visitor signs in twice: through Genesys, and at Salesforce alone. Without one, what only a sign-in shows is left " +
          "out.",
        "Exit code 0: nothing found; 2: a cause found; 3: none found, and yet the sign-in fails; 1: not everything could " +
          "be looked at; 64: the command line is wrong.",
      ),
    )
    .addHelpText(
      "after",
      `
Examples:
  $ npx amsg diagnose --stack production
  $ AMSG_PASSWORD=... npx amsg diagnose --stack production --user visitor@acme.example --html report.html
  $ npx amsg diagnose --stack production --browser --json
  $ npx amsg diagnose --explain A7`,
    )
    .action(async (flags: DiagnoseFlags, command: Command) => {
      const { explain, run, wrongCauses } = await import("./diagnoseRun.ts");
      const wrong = wrongCauses(flags);
      if (wrong) command.error(`error: ${wrong}`);
      await answer(flags, async (signal) =>
        flags.explain === undefined ? run(flags, stackOf(flags, signal), signal) : explain(flags.explain),
      );
      // A log-in that a vendor does not answer goes on being tried, and nobody waits for it any more.
      process.exit();
    });
}

/** Whether there are such causes is known only when the command runs. */
function causes(text: string): CauseId[] {
  return text.toUpperCase().split(/[\s,]+/) as CauseId[];
}
