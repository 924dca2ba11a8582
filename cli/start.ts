import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { Listr, ListrLogger, ProcessOutput } from "listr2";
import { signIn } from "../operations/signIn/signIn.ts";
import { openSandbox, type SandboxPorts, usualPorts } from "../operations/start/sandbox.ts";
import { upStack } from "../operations/start/stack.ts";
import { givePageContract } from "../operations/start/webPage.ts";
import { CodedError } from "../providers/errors.ts";
import { visitor } from "../sandbox/accounts.ts";
import { errorAsJson, resultAsJson, resultAsText, type StartResult } from "./startReport.ts";

interface Flags {
  json: boolean;
  salesforcePort: number;
  genesysPort: number;
  webPagePort: number;
}

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

const help = `
On a terminal the sandbox keeps running until Ctrl-C. Elsewhere the command ends by itself, with exit code 0 only
if the sign-in worked. Progress goes to standard error, the result to standard output.

Examples:
  $ npm start
  $ npm start --silent -- --json
  $ npm start -- --salesforce-port 28080 --genesys-port 28081 --web-page-port 28082`;

await new Command("npm start --")
  .description("Builds the set in the sandbox with the real Pulumi engine and proves that a sign-in works.")
  .option("--json", "print one JSON object and end, also on a terminal", false)
  .addOption(portOption("salesforce", usualPorts.salesforce))
  .addOption(portOption("genesys", usualPorts.genesys))
  .addOption(portOption("web-page", usualPorts.webPage))
  .addHelpText("after", help)
  .action(start)
  .parseAsync();

async function start({ json, salesforcePort, genesysPort, webPagePort }: Flags): Promise<void> {
  const ports = { salesforce: salesforcePort, genesys: genesysPort, webPage: webPagePort };
  const signal = interruption();
  const result: Partial<StartResult> = {};
  try {
    await steps(ports, signal).run(result);
    const done = result as StartResult;
    console.log(json ? resultAsJson(done) : resultAsText(root, done));
    if (process.stdout.isTTY && !json && done.sandbox.startedHere) await untilInterrupted(signal);
  } catch (error) {
    report(signal.aborted ? signal.reason : error, json);
    process.exitCode = signal.aborted ? 130 : 1;
  } finally {
    await result.sandbox?.stop();
  }
}

function steps(ports: SandboxPorts, signal: AbortSignal): Listr<Partial<StartResult>, "default" | "simple"> {
  const list = new Listr<Partial<StartResult>, "default" | "simple">([], rendering());
  list.add([
    {
      title: "Sandbox: both vendors and the web page",
      task: async (result) => {
        result.sandbox = await openSandbox(root, ports, signal);
      },
    },
    {
      title: "Set: pulumi up",
      task: async (result, task) => {
        const { urls } = (result as StartResult).sandbox;
        const onLine = (line: string) => {
          if (line.trim() !== "") task.output = line.trim();
        };
        result.outputs = await upStack({ root, urls, signal, onLine });
      },
    },
    {
      title: "Web page: page contract",
      task: async (result) => {
        const { sandbox, outputs } = result as StartResult;
        await givePageContract(sandbox.urls.webPage, outputs.pageContract, signal);
      },
    },
    {
      title: `Sign-in of ${visitor.username}`,
      task: async (result, task) => {
        const { pageContract } = (result as StartResult).outputs;
        const onStep = ({ name, ok, milliseconds }: { name: string; ok: boolean; milliseconds: number }) => {
          task.output = `${name} ${ok ? "done" : "failed"} (${milliseconds} ms)`;
        };
        result.signedIn = await signIn(pageContract, visitor, { signal, onStep });
      },
    },
  ]);
  return list;
}

/** On standard error: a list that changes in place on a terminal, lines elsewhere. */
function rendering() {
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  return {
    renderer: process.stderr.isTTY ? ("default" as const) : ("simple" as const),
    rendererOptions: { logger, showErrorMessage: false, collapseErrors: false },
    // Ctrl-C is handled here, in order: first Pulumi, then the sandbox.
    registerSignalListeners: false,
  };
}

/** Signals may come twice, from the terminal and from npm: the first one counts. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () =>
      interrupted.abort(new Error(`Interrupted (${name}): all that was started is stopped.`)),
    );
  }
  return interrupted.signal;
}

function untilInterrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => {}, 60_000);
    signal.addEventListener("abort", () => {
      clearInterval(alive);
      resolve();
    });
  });
}

function report(error: unknown, json: boolean): void {
  const expected =
    error instanceof CodedError || !(error instanceof Error) || error.message.startsWith("Interrupted");
  console.error(`\n${expected ? (error instanceof Error ? error.message : String(error)) : error.stack}`);
  if (json) console.log(errorAsJson(error));
}

function portOption(name: string, usual: number): Option {
  return new Option(`--${name}-port <port>`, `where the sandbox's ${name.replace("-", " ")} listens`)
    .default(usual)
    .argParser((text) => {
      const port = Number(text);
      if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
      throw new InvalidArgumentError("A port is a whole number from 1 to 65535.");
    });
}
