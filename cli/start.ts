import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { signIn } from "../operations/signIn/signIn.ts";
import { openSandbox, type RunningSandbox, urlsOf, usualPorts } from "../operations/start/sandbox.ts";
import { upStack } from "../operations/start/stack.ts";
import { givePageContract } from "../operations/start/webPage.ts";
import { visitor } from "../sandbox/accounts.ts";
import { report, runCommand } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { interrupted, interruption } from "./interruption.ts";
import { step } from "./progress.ts";
import { resultAsJson, resultAsText, type StartPlace } from "./startReport.ts";
import { helpNotes } from "./wrap.ts";

interface Flags {
  json: boolean;
  folder: string;
  salesforcePort: number;
  genesysPort: number;
  webPagePort: number;
}

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

const examples = `
Examples:
  $ npm start
  $ npm start --silent -- --json
  $ npm start -- --salesforce-port 28080 --genesys-port 28081 --web-page-port 28082`;

const npmStart = new Command("npm start --")
  .description("Builds the set in the sandbox with the real Pulumi engine and proves that a sign-in works.")
  .option("--json", "print one JSON object and end, also on a terminal", false)
  .option("--folder <folder>", "where the sandbox and the stack keep their state", join(root, ".sandbox"))
  .addOption(portOption("salesforce", "Salesforce", usualPorts.salesforce))
  .addOption(portOption("genesys", "Genesys", usualPorts.genesys))
  .addOption(portOption("web-page", "the web page", usualPorts.webPage))
  .addHelpText(
    "after",
    helpNotes(
      "On a terminal the sandbox keeps running until Ctrl-C, with exit code 130. Elsewhere the command ends by itself, with " +
        "exit code 0 only if the sign-in worked. Progress goes to standard error, the result to standard output.",
    ),
  )
  .addHelpText("after", examples)
  .action(start);

await runCommand(npmStart);

async function start({ json, salesforcePort, genesysPort, webPagePort, ...flags }: Flags): Promise<void> {
  const ports = { salesforce: salesforcePort, genesys: genesysPort, webPage: webPagePort };
  const place = { root, folder: resolve(flags.folder), ports, urls: urlsOf(ports), signal: interruption() };
  try {
    await buildAndProve(place, json);
  } catch (error) {
    const { aborted, reason } = place.signal;
    await report(aborted ? reason : error, json);
    process.exitCode = aborted ? exitCodes.interrupted : exitCodes.error;
  }
}

/** Throws when Ctrl-C ends the sandbox too; by then nothing that was started here runs any more. */
async function buildAndProve(place: StartPlace & { signal: AbortSignal }, json: boolean): Promise<void> {
  const { signal, urls } = place;
  let sandbox: RunningSandbox | undefined;
  try {
    sandbox = await step("Sandbox of both vendors and the web page", async ({ outcome }) => {
      const opened = await openSandbox(place);
      outcome(opened.startedHere ? "started" : "found running");
      return opened;
    });
    const outputs = await step("Set by `pulumi up`", async ({ news, outcome }) => {
      const update = await upStack({ ...place, onLine: news });
      outcome(update.changes.join(", "));
      return update.outputs;
    });
    await step("Page contract to the web page", () =>
      givePageContract(urls.webPage, outputs.pageContract, signal),
    );
    const signedIn = await step(`Sign-in of ${visitor.username}`, ({ news }) =>
      signIn(outputs.pageContract, visitor, {
        signal,
        onStep: ({ name, ok, milliseconds }) =>
          news(`${name} ${ok ? "done" : "failed"} in ${milliseconds} ms`),
      }),
    );
    const result = { sandbox, outputs, signedIn };
    console.log(json ? resultAsJson(result) : resultAsText(place, result));
    if (process.stdout.isTTY && !json && sandbox.startedHere) await interrupted(signal);
  } finally {
    await sandbox?.stop();
  }
}

function portOption(name: string, who: string, usual: number): Option {
  return new Option(`--${name}-port <port>`, `where ${who} of the sandbox listens`)
    .default(usual)
    .argParser((text) => {
      const port = Number(text);
      if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
      throw new InvalidArgumentError("A port is a whole number from 1 to 65535.");
    });
}
