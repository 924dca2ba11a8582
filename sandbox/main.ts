import { Command, InvalidArgumentError, Option } from "commander";
import { firstOrg, logInsOf } from "./logIns.ts";
import type { Orgs } from "./orgs.ts";
import type { Sandbox } from "./sandbox.ts";

interface Flags {
  orgs: string[];
  port?: number;
  salesforcePort: number;
  genesysPort: number;
  webPagePort: number;
  data: string;
  memory: boolean;
  profile: "fast" | "realistic";
  json: boolean;
}

/** Where the three servers listen, unless told otherwise. */
const usualPorts = { salesforce: 18080, genesys: 18081, webPage: 18082 };

if (import.meta.main) await sandboxCommand("npm run sandbox --").parseAsync();

/** The command that runs the sandbox until Ctrl-C; `usage` is how it is called, for its help. */
export function sandboxCommand(usage: string): Command {
  return new Command(usage)
    .description("Emulates Salesforce, Genesys Cloud and the company's web page on loopback, until Ctrl-C.")
    .addOption(
      new Option("--orgs <names>", "several orgs, each with its own ports, log-ins, keys, state and faults")
        .default([firstOrg], firstOrg)
        .argParser(parseOrgs),
    )
    .addOption(port("port", "where Salesforce listens; Genesys and the web page take the next two ports"))
    .addOption(port("salesforce-port", "where Salesforce listens; 0 takes a free one", usualPorts.salesforce))
    .addOption(port("genesys-port", "where Genesys listens; 0 takes a free one", usualPorts.genesys))
    .addOption(port("web-page-port", "where the web page listens; 0 takes a free one", usualPorts.webPage))
    .option("--data <folder>", "where the state is kept", ".sandbox/data")
    .option("--memory", "keep the state in memory only", false)
    .addOption(
      new Option("--profile <name>", "how long the vendors take for what they do asynchronously")
        .choices(["fast", "realistic"])
        .default("fast"),
    )
    .option("--json", "print where it listens as one JSON object", false)
    .addHelpText(
      "after",
      `
Examples:
  $ ${usage} --memory
  $ ${usage} --port 28080
  $ ${usage} --orgs dev,staging,production
  $ ${usage} --profile realistic --genesys-port 28081`,
    )
    .action((_flags: Flags, command: Command) => run(withPorts(command)));
}

/** `--port` moves all servers that have no port of their own. */
function withPorts(command: Command): Flags {
  const flags = command.opts<Flags>();
  if (flags.port === undefined) return flags;
  const own = (name: keyof Flags) => command.getOptionValueSource(name) === "cli";
  return {
    ...flags,
    salesforcePort: own("salesforcePort") ? flags.salesforcePort : flags.port,
    genesysPort: own("genesysPort") ? flags.genesysPort : following(flags.port, 1),
    webPagePort: own("webPagePort") ? flags.webPagePort : following(flags.port, 2),
  };
}

/** Free ports have no neighbours. */
function following(first: number, distance: number): number {
  return first === 0 ? 0 : first + distance;
}

async function run(flags: Flags): Promise<void> {
  const orgs = await start(flags);
  if (!orgs) {
    process.exitCode = 1;
    return;
  }
  console.log(flags.json ? asJson(orgs) : welcome(orgs, flags));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void orgs.stop());
}

async function start(flags: Flags): Promise<Orgs | undefined> {
  // Loaded here, so that help does not wait for the servers' libraries.
  const [{ startOrgs }, { fastDelays, realisticDelays }] = await Promise.all([
    import("./orgs.ts"),
    import("./delays.ts"),
  ]);
  try {
    return await startOrgs(flags.orgs, {
      ports: { salesforce: flags.salesforcePort, genesys: flags.genesysPort, webPage: flags.webPagePort },
      data: flags.memory ? undefined : flags.data,
      delays: flags.profile === "fast" ? fastDelays : realisticDelays,
    });
  } catch (error) {
    const problem = await explanation(error as StartError);
    console.error(
      `${problem.code}: ${problem.what}\n  evidence: ${problem.evidence}\n  next: ${problem.next}`,
    );
    if (flags.json) console.log(JSON.stringify({ version: 1, error: problem }, null, 2));
    return undefined;
  }
}

type StartError = NodeJS.ErrnoException & { port?: number };

async function explanation(error: StartError) {
  if (error.code !== "EADDRINUSE") {
    return {
      code: "SANDBOX_NOT_STARTED",
      what: "The sandbox could not start.",
      evidence: error.message,
      next: "Correct what the evidence says. With --memory the sandbox needs no folder.",
    };
  }
  return {
    code: "SANDBOX_PORT_IN_USE",
    what: "The sandbox could not start, since a port is in use.",
    evidence: error.message + (await (await import("./portOwner.ts")).ownerOf(error.port)),
    next: "Is another sandbox running? Stop it with Ctrl-C, or choose other ports, for example --port 28080.",
  };
}

function asJson({ sandboxes }: Orgs): string {
  const orgs = [...sandboxes].map(([org, sandbox]) => [
    org,
    { urls: urlsOf(sandbox), logIns: logInsOf(org) },
  ]);
  const urls = [...sandboxes.values()].map(urlsOf)[0];
  return JSON.stringify({ version: 1, urls, orgs: Object.fromEntries(orgs) }, null, 2);
}

function urlsOf({ salesforceUrl, genesysUrl, webPageUrl }: Sandbox) {
  return { salesforce: salesforceUrl, genesys: genesysUrl, webPage: webPageUrl };
}

function welcome({ sandboxes }: Orgs, { memory, data, profile }: Flags): string {
  const several = sandboxes.size > 1;
  const orgs = [...sandboxes].map(
    ([org, sandbox]) => `${several ? `\n${org}\n` : "\n"}${orgText(org, sandbox)}`,
  );
  return `
The sandbox is running (${profile}; state in ${memory ? "memory" : data}).
${orgs.join("")}
These log-ins open nothing but this sandbox. Ctrl-C stops it.
${stillOn(sandboxes)}`;
}

function orgText(org: string, { salesforceUrl, genesysUrl, webPageUrl }: Sandbox): string {
  const { salesforceAdmin, genesysClient, visitor } = logInsOf(org);
  return `  Salesforce   ${salesforceUrl}   access token ${salesforceAdmin.accessToken}
                                        or client ${salesforceAdmin.clientId} / ${salesforceAdmin.clientSecret}
  Genesys      ${genesysUrl}   client ${genesysClient.clientId} / ${genesysClient.clientSecret}
  Web page     ${webPageUrl}   sign in as ${visitor.username} / ${visitor.password}
  Overview     ${webPageUrl}/sandbox   orgs, members, faults, requests
`;
}

function stillOn(sandboxes: Orgs["sandboxes"]): string {
  const lines = [...sandboxes]
    .filter(([, { faults }]) => !faults.idle)
    .map(([org, { faults }]) => `${sandboxes.size > 1 ? ` in ${org}` : ""}: ${faults.names.join(", ")}.`);
  return lines.map((line) => `\nFaults that are still on${line}\n`).join("");
}

/** Names stand in host names, log-ins and folders. */
function parseOrgs(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  const isGood =
    names.every((name) => /^[a-z][a-z0-9-]{0,30}$/.test(name)) && new Set(names).size === names.length;
  if (isGood) return names;
  throw new InvalidArgumentError(
    "Give different names with commas between them; of small letters, digits and hyphens.",
  );
}

function port(name: string, meaning: string, usual?: number): Option {
  return new Option(`--${name} <port>`, meaning).default(usual).argParser(parsePort);
}

function parsePort(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
}
