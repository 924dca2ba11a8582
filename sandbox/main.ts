import { Command, InvalidArgumentError, Option } from "commander";
import { genesysClient, salesforceAdmin, visitor } from "./accounts.ts";
import { fastDelays, realisticDelays } from "./delays.ts";
import { type Sandbox, startSandbox } from "./sandbox.ts";

interface Flags {
  salesforcePort: number;
  genesysPort: number;
  webPagePort: number;
  data: string;
  memory: boolean;
  profile: "fast" | "realistic";
}

const EXAMPLES = `
Examples:
  $ npm run sandbox
  $ npm run sandbox -- --memory
  $ npm run sandbox -- --profile realistic --genesys-port 28081`;

const program = new Command("npm run sandbox --")
  .description("Emulates Salesforce, Genesys Cloud and the company's web page on loopback, until Ctrl-C.")
  .addOption(port("salesforce", "Salesforce", 18080))
  .addOption(port("genesys", "Genesys", 18081))
  .addOption(port("web-page", "the web page", 18082))
  .option("--data <folder>", "where the state is kept", ".sandbox/data")
  .option("--memory", "keep the state in memory only", false)
  .addOption(
    new Option("--profile <name>", "how long the vendors take for what they do asynchronously")
      .choices(["fast", "realistic"])
      .default("fast"),
  )
  .addHelpText("after", EXAMPLES)
  .action(run);

await program.parseAsync();

async function run(flags: Flags): Promise<void> {
  const sandbox = await start(flags);
  if (!sandbox) {
    process.exitCode = 1;
    return;
  }
  console.log(welcome(sandbox, flags));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void sandbox.stop());
}

async function start(flags: Flags): Promise<Sandbox | undefined> {
  try {
    return await startSandbox({
      ports: { salesforce: flags.salesforcePort, genesys: flags.genesysPort, webPage: flags.webPagePort },
      data: flags.memory ? undefined : flags.data,
      delays: flags.profile === "fast" ? fastDelays : realisticDelays,
    });
  } catch (error) {
    console.error(explanation(error as NodeJS.ErrnoException & { port?: number }));
    return undefined;
  }
}

function explanation(error: NodeJS.ErrnoException & { port?: number }): string {
  if (error.code !== "EADDRINUSE") {
    return [
      "SANDBOX_NOT_STARTED: The sandbox could not start.",
      `  evidence: ${error.message}`,
      "  next: Correct what the evidence says. With --memory the sandbox needs no folder.",
    ].join("\n");
  }
  return [
    "SANDBOX_PORT_IN_USE: The sandbox could not start, since a port is in use.",
    `  evidence: ${error.message}`,
    "  next: Is another sandbox running? Stop it with Ctrl-C, or choose other ports: npm run sandbox -- --help",
  ].join("\n");
}

function welcome(
  { salesforceUrl, genesysUrl, webPageUrl }: Sandbox,
  { memory, data, profile }: Flags,
): string {
  return `
The sandbox is running (${profile}; state in ${memory ? "memory" : data}).

  Salesforce   ${salesforceUrl}   access token ${salesforceAdmin.accessToken}
                                        or client ${salesforceAdmin.clientId} / ${salesforceAdmin.clientSecret}
  Genesys      ${genesysUrl}   client ${genesysClient.clientId} / ${genesysClient.clientSecret}
  Web page     ${webPageUrl}   sign in as ${visitor.username} / ${visitor.password}

These log-ins open nothing but this sandbox. Ctrl-C stops it.
`;
}

function port(name: string, server: string, usual: number): Option {
  return new Option(`--${name}-port <port>`, `where ${server} listens; 0 takes a free one`)
    .default(usual)
    .argParser(parsePort);
}

function parsePort(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
}
