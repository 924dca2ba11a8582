import { Command, InvalidArgumentError } from "commander";
import { type Answer, answer } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import type { FaultStatus, SandboxFaults } from "./faultsClient.ts";
import { table } from "./table.ts";
import { wrapped } from "./wrap.ts";

interface Flags {
  url: string;
  org?: string;
  json: boolean;
}

type Switches = Record<string, string | number>;

/** `amsg sandbox faults`: what a running sandbox does wrong on purpose. */
export function faultsCommand(): Command {
  const faults = new Command("faults")
    .description("Lists and switches what a running sandbox does wrong on purpose.")
    .addHelpText(
      "after",
      `
Examples:
  $ npx amsg sandbox faults list
  $ npx amsg sandbox faults on lost-response --match "POST /api/v2/integrations" --count 1
  $ npx amsg sandbox faults on internal-error --probability 0.2 --seed 42
  $ npx amsg sandbox faults on eca-ghost --org staging
  $ npx amsg sandbox faults off --all`,
    );
  faults.addCommand(listCommand());
  faults.addCommand(onCommand());
  faults.addCommand(offCommand());
  return faults;
}

function listCommand(): Command {
  return forSandbox(new Command("list"))
    .description("Shows every fault: what a user would see, and whether it is on.")
    .option("--on", "only those that are on", false)
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx amsg sandbox faults list --on\n  $ npx amsg sandbox faults list --json",
    )
    .action(({ on, ...flags }: Flags & { on: boolean }) =>
      answerWith(flags, async (sandbox) => {
        const all = await sandbox.list();
        const faults = on ? all.filter((fault) => fault.on) : all;
        return { result: { faults }, text: faults.length > 0 ? asText(faults) : "No fault is on." };
      }),
    );
}

function onCommand(): Command {
  return forSandbox(new Command("on"))
    .description("Switches a fault on; one that is on begins anew.")
    .argument("<name>", "the fault")
    .option("--count <n>", "strike so many times, then no more", wholeNumber)
    .option("--nth <n>", "strike the nth matching request; with --count, so many from it on", wholeNumber)
    .option("--probability <p>", "strike a matching request with this probability, 0 to 1", number)
    .option(
      "--seed <n>",
      "of the dice behind --probability: the same seed strikes the same requests",
      wholeNumber,
    )
    .option("--match <request>", "strike only these: METHOD and beginning of the path, or a SOAP operation")
    .option("--vendor <name>", "strike only requests to salesforce, or only those to genesys")
    .option("--member <object>", "id or name of the object to put wrong; all of its kind when left out")
    .option("--milliseconds <n>", "how long it takes, for faults that take time", wholeNumber)
    .addHelpText(
      "after",
      `
Examples:
  $ npx amsg sandbox faults on client-secret-differs
  $ npx amsg sandbox faults on rate-limited --nth 7
  $ npx amsg sandbox faults on slow-answer --milliseconds 20000 --vendor genesys
  $ npx amsg sandbox faults on unable-to-lock-row --match createMetadata --count 2`,
    )
    .action((name: string, { url, org, json, ...switches }: Flags & Switches) =>
      answerWith({ url, org, json }, async (sandbox) => {
        const faults = [await sandbox.on(name, switches)];
        return { result: { faults }, text: asText(faults) };
      }),
    );
}

function offCommand(): Command {
  return forSandbox(new Command("off"))
    .description("Switches a fault off and sets back what it put wrong.")
    .argument("[name]", "the fault")
    .option("--all", "switch all of them off", false)
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx amsg sandbox faults off eca-ghost\n  $ npx amsg sandbox faults off --all",
    )
    .action(
      async (name: string | undefined, { all, ...flags }: Flags & { all: boolean }, command: Command) => {
        if (all === (name !== undefined)) command.error("error: name one fault, or give --all");
        await answerWith(flags, (sandbox) => switchOff(sandbox, name));
      },
    );
}

/** @param name all that are on when left out */
async function switchOff(sandbox: SandboxFaults, name: string | undefined) {
  const before = await faultsOn(sandbox);
  await (name === undefined ? sandbox.allOff() : sandbox.off(name));
  const faults = await faultsOn(sandbox);
  const switchedOff = before
    .map((fault) => fault.name)
    .filter((was) => !faults.some((fault) => fault.name === was));
  const none = name === undefined ? "No fault was on." : `The fault ${name} was not on.`;
  const said = switchedOff.length > 0 ? `Switched off: ${switchedOff.join(", ")}.` : none;
  return {
    result: { faults, switchedOff },
    text: faults.length > 0 ? `${wrapped(`${said} Still on:`)}\n\n${asText(faults)}` : wrapped(said),
  };
}

async function faultsOn(sandbox: SandboxFaults): Promise<FaultStatus[]> {
  return (await sandbox.list()).filter((fault) => fault.on);
}

/** Options of every command that talks to a sandbox. */
function forSandbox(command: Command): Command {
  return command
    .option("--url <url>", "of the running sandbox: any of its servers", "http://127.0.0.1:18081")
    .option("--org <name>", "which of the sandbox's orgs; the one at that address when left out")
    .option("--json", "print one JSON object", false);
}

async function answerWith(
  { url, org, json }: Flags,
  ask: (sandbox: SandboxFaults) => Promise<Omit<Answer, "exitCode">>,
): Promise<void> {
  await answer({ json }, async () => {
    const { SandboxFaults } = await import("./faultsClient.ts");
    const sandbox = new SandboxFaults(url);
    const answered = await ask(org === undefined ? sandbox : await sandbox.ofOrg(org));
    return { ...answered, exitCode: exitCodes.ok };
  });
}

function asText(faults: readonly FaultStatus[]): string {
  const rows = faults.map(({ name, cause, seen, on }) => [
    name,
    on ? progress(on) : "off",
    cause ?? "",
    seen,
  ]);
  return table(["FAULT", "STATE", "CAUSE", "WHAT A USER WOULD SEE"], rows);
}

/** Faults that strike requests count them; others are just on. */
function progress({ options, matched, struck }: NonNullable<FaultStatus["on"]>): string {
  const given = Object.entries(options).map(([name, value]) => `${name} ${value}`);
  const counted = matched > 0 ? [`struck ${struck} of ${matched}`] : [];
  return ["on", ...given, ...counted].join(", ");
}

function wholeNumber(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a number.");
}
