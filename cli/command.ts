import { type Command, CommanderError } from "commander";
import { exitCodes } from "./exitCodes.ts";
import { wrappedError } from "./wrap.ts";

/** Options of every command that works on a stack. */
export interface StackFlags {
  stack?: string;
  set?: string;
  configFile?: string;
  json?: boolean;
}

/** What came out of a command. */
export interface Answer {
  /** For programs; `version` is added. */
  result: object;
  /** For people. */
  text: string;
  exitCode: number;
}

/** Adds the options of every command that works on a stack. */
export function forStack(command: Command): Command {
  return command
    .optionsGroup("Which set:")
    .option("-s, --stack <name>", "the Pulumi stack; the selected one when left out")
    .option("--set <name>", "the set's name in the program, where a stack has several")
    .option("--config-file <file>", "the stack's configuration, if not Pulumi.<stack>.yaml")
    .optionsGroup("Options:")
    .option("--json", "print one JSON object, errors too");
}

/** The stack that the options name, in the folder that the command is called in. */
export function stackOf({ stack, configFile }: StackFlags, signal?: AbortSignal) {
  return { cwd: process.cwd(), stack, configFile, signal };
}

/**
 * Does the work of a command and prints what came out: data on standard output, for people or as one JSON object;
 * errors on standard error, and with `--json` as an object on standard output too. Ctrl-C ends it.
 */
export async function answer(
  { json = false }: { json?: boolean },
  work: (signal: AbortSignal) => Promise<Answer>,
): Promise<void> {
  const { interruption } = await import("./interruption.ts");
  const signal = interruption();
  try {
    const { result, text, exitCode } = await work(signal);
    console.log(json ? asJson(result) : text);
    process.exitCode = exitCode;
  } catch (thrown) {
    const error = signal.aborted ? signal.reason : thrown;
    process.exitCode = signal.aborted ? exitCodes.interrupted : exitCodes.error;
    await report(error, json);
    // A request that was given up may be under way for minutes, and would keep the command from ending.
    process.exit();
  }
}

/** Says on standard error what went wrong, and with `--json` as an object on standard output too. */
export async function report(error: unknown, json: boolean): Promise<void> {
  const [{ CodedError }, { Interrupted }] = await Promise.all([
    import("../providers/errors.ts"),
    import("./interruption.ts"),
  ]);
  const isExpected = error instanceof CodedError || error instanceof Interrupted;
  console.error(isExpected ? wrappedError(error.message) : error);
  if (!json) return;
  const message = error instanceof Error ? error.message : String(error);
  const parts =
    error instanceof CodedError
      ? { code: error.code, what: error.what, evidence: error.evidence, next: error.next }
      : { code: error instanceof Interrupted ? "INTERRUPTED" : "UNEXPECTED_ERROR", what: message };
  console.log(asJson({ error: parts }));
}

/**
 * Parses the command line and runs the command it names; a wrong command line ends with exit code 64, and with `--json`
 * as an object on standard output too.
 */
export async function runCommand(program: Command): Promise<void> {
  throwInsteadOfExit(program);
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (error.exitCode !== 0 && process.argv.includes("--json"))
      console.log(asJson({ error: usageError(error) }));
  }
}

/** What commander has said on standard error. */
function usageError({ message }: CommanderError) {
  return {
    code: "COMMAND_LINE_WRONG",
    what: message.replace(/^error: /, ""),
    evidence: {},
    next: "Look at what there is by --help.",
  };
}

/** The one object that a command prints for programs. */
function asJson(content: object): string {
  return JSON.stringify({ version: 1, ...content }, null, 2);
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const subcommand of command.commands) throwInsteadOfExit(subcommand);
}
