import { Command } from "commander";
import type { OpenedSet } from "../operations/stack/messagingSet.ts";
import { answer } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { positiveSeconds } from "./seconds.ts";
import { helpNotes } from "./wrap.ts";

interface Flags {
  configFile?: string[];
  all?: boolean;
  within: number;
  json?: boolean;
}

/** Which set of which stack. */
interface Named {
  stack?: string | undefined;
  set?: string | undefined;
  configFile?: string | undefined;
}

const notes = [
  "Exit code 0: no difference; 2: differences; 1: it could not be found out; 64: the command line is wrong.",
  "Secrets are shown by a fingerprint that is made anew for every run.",
];

const examples = `
Examples:
  $ npx amsg compare production staging
  $ npx amsg compare production:shop production:helpdesk  # two sets, one stack
  $ npx amsg compare production                           # live against program
  $ npx amsg compare production staging --config-file prod.yaml --config-file staging.yaml
  $ npx amsg compare production staging --all --json`;

/** `amsg compare`: two sets side by side, or one against its program. */
export function compareCommand(): Command {
  return new Command("compare")
    .description("Compares two sets as both vendors have them now, or one set with its program.")
    .argument("[left]", "STACK or STACK:SET; the selected stack when left out")
    .argument("[right]", "STACK or STACK:SET; when left out, the left one is compared with its program")
    .option(
      "--config-file <file>",
      "configuration of a stack, if not Pulumi.<stack>.yaml; of the second stack when given again",
      (file: string, files: string[] = []) => [...files, file],
    )
    .option("--all", "show expected differences too: names, hosts, ids, dates")
    .option("--within <seconds>", "how long the reading may take", positiveSeconds, 120)
    .option("--json", "print one JSON object, errors too")
    .addHelpText("after", helpNotes(...notes))
    .addHelpText("after", examples)
    .action((left: string | undefined, right: string | undefined, flags: Flags, command: Command) => {
      const [first, second] = namesOf(left, right, flags.configFile ?? []);
      if (second && first.stack === second.stack && first.set === second.set) {
        command.error("error: both sides are the same set; name one alone to compare it with its program");
      }
      return answer(flags, (signal) => compare(first, second, flags, signal));
    });
}

/** A stack that is named twice has one configuration. */
function namesOf(
  left: string | undefined,
  right: string | undefined,
  files: readonly string[],
): [Named, Named?] {
  const first = { ...parsed(left), configFile: files[0] };
  if (right === undefined) return [first];
  const second = parsed(right);
  const configFile = files[1] ?? (second.stack === first.stack ? files[0] : undefined);
  return [first, { ...second, configFile }];
}

function parsed(text = ""): Named {
  const [stack, set] = text.split(":", 2);
  return { stack: stack || undefined, set: set || undefined };
}

async function compare(left: Named, right: Named | undefined, flags: Flags, signal: AbortSignal) {
  const [{ step }, { withinTime }, { compareSets }, { compareWithProgram }, { comparisonAsText }] =
    await Promise.all([
      import("./progress.ts"),
      import("../operations/timeLimit.ts"),
      import("../operations/comparison/compareSets.ts"),
      import("../operations/comparison/compareWithProgram.ts"),
      import("./comparisonText.ts"),
    ]);
  const [first, second] = await step("State and configuration by Pulumi", () =>
    Promise.all([open(left, signal), right && open(right, signal)]),
  );
  const comparison = await step("Settings at both vendors", ({ news }) =>
    withinTime({ withinMs: flags.within * 1_000, signal, tell: news }, () =>
      second ? compareSets(first, second) : compareWithProgram(first),
    ),
  );
  const notes = await notesOn(left, right);
  for (const note of notes) console.error(note);
  return {
    result: { ...comparison, notes },
    text: comparisonAsText(comparison, flags.all === true),
    exitCode: comparison.differences.length > 0 ? exitCodes.findings : exitCodes.ok,
  };
}

async function open({ stack, set, configFile }: Named, signal: AbortSignal): Promise<OpenedSet> {
  const { openSet } = await import("../operations/stack/messagingSet.ts");
  return openSet({ cwd: process.cwd(), stack, configFile, signal }, set);
}

/** Nobody should take one org, read twice, for two that are alike. */
async function notesOn(left: Named, right: Named | undefined): Promise<string[]> {
  if (right === undefined || left.stack === right.stack) return [];
  const { sharedSettings } = await import("../operations/comparison/sharedSettings.ts");
  const shared = sharedSettings(process.env);
  if (shared.length === 0) return [];
  return [`Note: ${shared.join(", ")} in the environment went before the configuration of both stacks.`];
}
