import { Command, Option } from "commander";
import type { OpenedSet } from "../operations/stack/messagingSet.ts";
import { type Answer, answer, forStack, type StackFlags, stackOf } from "./command.ts";
import { positiveSeconds } from "./seconds.ts";
import { type VisitorFlags, visitorFrom, withVisitor } from "./visitor.ts";
import { helpNotes } from "./wrap.ts";

interface Flags extends StackFlags, VisitorFlags {
  negative?: boolean;
  differential?: boolean;
  /** Seconds. */
  within?: number;
  timeout: number;
}

/** `amsg sign-in`: whether visitors can sign in, and where it fails. */
export function signInCommand(): Command {
  return withVisitor(forStack(new Command("sign-in")))
    .description("Signs a visitor in as the web page would, step by step, and out again.")
    .addOption(
      new Option(
        "--differential",
        "two sign-ins: one code redeemed at Salesforce directly, another by Genesys; where they part is the fault",
      ).conflicts("negative"),
    )
    .addOption(
      new Option("--negative", "no user: ask with a code that is none what both sides recognise").conflicts([
        "user",
        "browser",
        "paste",
      ]),
    )
    .addOption(
      new Option(
        "--within <seconds>",
        "repeat a sign-in that fails for so long: a new client may take 15 minutes to work everywhere",
      )
        .argParser(positiveSeconds)
        .conflicts(["differential", "negative"]),
    )
    .addOption(
      new Option("--timeout <seconds>", "how long one answer of a vendor may take")
        .default(20)
        .argParser(positiveSeconds),
    )
    .addHelpText("after", helpNotes(...notes))
    .addHelpText("after", examples)
    .action(signIn);
}

const notes = [
  "Without --user, --browser, --paste or --negative it takes the browser, if it runs on a terminal. Whatever is issued is " +
    "given back.",
  "Exit codes: 0 sign-in works, 3 it is broken, 1 it could not be tried, 64 the command line is wrong.",
];

const examples = `
Examples:
  $ npx amsg sign-in --stack production
  $ npx amsg sign-in --user visitor@sandbox.example --stack dev
  $ AMSG_PASSWORD=... npx amsg sign-in --user check@acme.example --within 900
  $ npx amsg sign-in --paste --stack production
  $ npx amsg sign-in --differential --user check@acme.example
  $ npx amsg sign-in --negative --json`;

async function signIn(flags: Flags, command: Command): Promise<void> {
  const isSomebodyNamed = flags.user !== undefined || flags.browser || flags.paste || flags.negative;
  if (!isSomebodyNamed && !process.stdin.isTTY) {
    command.error("error: say who signs in: --user <name>, --browser or --paste; or --negative for nobody");
  }
  await answer(flags, async (signal) => {
    const opened = await openedSet(flags, signal);
    if (flags.negative) return negative(opened, flags, signal);
    return flags.differential ? differential(opened, flags, signal) : check(opened, flags, signal);
  });
}

async function openedSet(flags: Flags, signal: AbortSignal): Promise<OpenedSet> {
  const [{ step }, { openSet }] = await Promise.all([
    import("./progress.ts"),
    import("../operations/stack/messagingSet.ts"),
  ]);
  return step("Set read from the stack", async ({ outcome }) => {
    const opened = await openSet(stackOf(flags, signal), flags.set);
    outcome(`${opened.set.name} of ${opened.set.stack}`);
    return opened;
  });
}

async function check(opened: OpenedSet, flags: Flags, signal: AbortSignal): Promise<Answer> {
  const [{ checkPatiently }, report] = await Promise.all([
    import("../operations/signIn/patientSignIn.ts"),
    import("./signInReport.ts"),
  ]);
  const verdict = await checkPatiently(opened.set.pageContract, await visitorOf(flags, opened, signal), {
    ...optionsOf(flags, signal),
    withinMs: (flags.within ?? 0) * 1_000,
    onStep: (step) => console.error(report.stepLine(step)),
    onAttempt: (attempt) => report.attemptLines(attempt).forEach((line) => void console.error(line)),
  });
  return report.signInAnswer(opened.set, verdict);
}

async function differential(opened: OpenedSet, flags: Flags, signal: AbortSignal): Promise<Answer> {
  const [{ checkDifferentially }, report] = await Promise.all([
    import("../operations/signIn/differential.ts"),
    import("./signInReport.ts"),
  ]);
  const result = await checkDifferentially(opened, await visitorOf(flags, opened, signal), {
    ...optionsOf(flags, signal),
    onStep: (step, side) => console.error(report.stepLine(step, side)),
  });
  return report.differentialAnswer(opened.set, result);
}

async function negative(opened: OpenedSet, flags: Flags, signal: AbortSignal): Promise<Answer> {
  const [{ checkNegatively }, report] = await Promise.all([
    import("../operations/signIn/negative.ts"),
    import("./signInReport.ts"),
  ]);
  const result = await checkNegatively(opened, {
    ...optionsOf(flags, signal),
    onProbe: (probe) => console.error(report.probeLine(probe)),
  });
  return report.negativeAnswer(opened.set, result);
}

async function visitorOf(flags: Flags, opened: OpenedSet, signal: AbortSignal) {
  const browser = flags.user === undefined && !flags.paste;
  const visitor = await visitorFrom({ ...flags, browser }, opened, signal);
  if (visitor === undefined) throw new Error("The options name no visitor.");
  return visitor;
}

function optionsOf({ timeout }: Flags, signal: AbortSignal) {
  return { signal, answerDeadlineMs: timeout * 1_000 };
}
