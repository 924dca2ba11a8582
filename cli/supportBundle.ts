import { Command } from "commander";
import { type Answer, answer, forStack, type StackFlags, stackOf } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { positiveSeconds } from "./seconds.ts";
import { type VisitorFlags, visitorFrom, withVisitor } from "./visitor.ts";
import { helpNotes } from "./wrap.ts";

interface Flags extends StackFlags, VisitorFlags {
  output?: string;
  within: number;
}

const notes = [
  "A visitor signs in twice: through Genesys, and at Salesforce alone. Without one, both sides are asked with a code that " +
    "is none. The zip file holds no secret, and a README.md that lists what is in it.",
  "Exit code 0: it was written, whatever the sign-in showed; 1: it was not; 64: the command line is wrong.",
];

const examples = `
Examples:
  $ AMSG_PASSWORD=... npx amsg support-bundle --stack production --user visitor@acme.example
  $ npx amsg support-bundle --stack production --browser --output case-4711.zip
  $ npx amsg support-bundle --stack production --json`;

/** `amsg support-bundle`: what the vendors' support asks for, as one file. */
export function supportBundleCommand(): Command {
  return withVisitor(forStack(new Command("support-bundle")))
    .description("Collects what the vendors' support asks for of a sign-in that fails, without any secret.")
    .option("-o, --output <file>", "the zip file; none is ever overwritten")
    .option("--within <seconds>", "how long the reading at both vendors may take", positiveSeconds, 120)
    .addHelpText("after", helpNotes(...notes))
    .addHelpText("after", examples)
    .action(async (flags: Flags) => {
      await answer(flags, (signal) => supportBundle(flags, signal));
      // What a vendor has not answered yet, nobody waits for any more.
      process.exit();
    });
}

async function supportBundle(flags: Flags, signal: AbortSignal): Promise<Answer> {
  const [{ step, stepWith }, { openSet }, { collectBundle }, { zipped }, { refuseExisting, save }] =
    await Promise.all([
      import("./progress.ts"),
      import("../operations/stack/messagingSet.ts"),
      import("../operations/supportBundle/collect.ts"),
      import("../operations/supportBundle/bundle.ts"),
      import("../operations/supportBundle/save.ts"),
    ]);
  if (flags.output !== undefined) await refuseExisting(flags.output);
  const opened = await step("Set read from the stack", () => openSet(stackOf(flags, signal), flags.set));
  const visitor = await visitorFrom(flags, opened, signal);
  const withinMs = flags.within * 1_000;
  const bundle = await stepWith(visitor)("What support asks for", ({ news }) =>
    collectBundle(opened, {
      visitor,
      signal,
      withinMs,
      answerDeadlineMs: Math.min(20_000, withinMs),
      onFile: (name) => news(`${name} is ready`),
    }),
  );
  const file = flags.output ?? nameFor(bundle.of, bundle.madeAt);
  const content = zipped(bundle);
  await save(file, content);
  const { text } = await import("./supportBundleText.ts");
  const files = bundle.files.map(({ name, about, content: part }) => ({ name, about, error: errorIn(part) }));
  const { madeAt, of, summary, facts, requests } = bundle;
  return {
    result: { file, bytes: content.length, madeAt, of, summary, facts, files, requests },
    text: text(file, bundle, files),
    exitCode: exitCodes.ok,
  };
}

function nameFor(of: string, madeAt: string): string {
  const when = madeAt.replace(/\.\d+/, "").replace(/[-:]/g, "");
  return `support-bundle-${of.replace(/[^\w.-]+/g, "-")}-${when}.zip`;
}

/** Code of the error that stands in the place of a part. */
function errorIn(part: unknown): string | undefined {
  return (part as { error?: { code?: string } } | null)?.error?.code;
}
