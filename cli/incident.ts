import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { freePorts } from "../operations/incident/freePorts.ts";
import { buildStack, type IncidentStack } from "../operations/incident/twoStacks.ts";
import { checkSignIn } from "../operations/signIn/check.ts";
import { type MemberName, memberNames, memberOf, readSet } from "../operations/stack/messagingSet.ts";
import { openSandbox, type RunningSandbox, urlsOf } from "../operations/start/sandbox.ts";
import { visitor } from "../sandbox/accounts.ts";
import { answer, runCommand } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { SandboxFaults } from "./faultsClient.ts";
import { step } from "./progress.ts";

interface Flags {
  ghost: string;
  report?: string;
  json: boolean;
}

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const memberByGhost = new Map<string, MemberName>(
  memberNames.map((member) => [`${member.toLowerCase()}-ghost`, member]),
);

const command = new Command("npm run incident --")
  .description(
    "Replays the incident in a sandbox of its own: two identical sets, one of them broken by a fault that no read " +
      "shows, until `amsg rebuild` has found the member. Leaves nothing running.",
  )
  .addOption(
    new Option("--ghost <name>", "the member that is at fault")
      .choices([...memberByGhost.keys()])
      .default("eca-ghost"),
  )
  .option(
    "--report <file>",
    "where the report of the rebuild is written; reports/incident-<ghost> when left out",
  )
  .option("--json", "print one JSON object", false)
  .addHelpText("after", "\nExamples:\n  $ npm run incident\n  $ npm run incident -- --ghost deployment-ghost")
  .action((flags: Flags) => answer(flags, (signal) => replay(flags, signal)));

await runCommand(command);

async function replay({ ghost, report = join("reports", `incident-${ghost}`) }: Flags, signal: AbortSignal) {
  const folder = await mkdtemp(join(tmpdir(), "incident-"));
  const ports = await freePorts();
  const place = { root, folder, urls: urlsOf(ports) };
  let sandbox: RunningSandbox | undefined;
  try {
    sandbox = await step("Sandbox of both vendors", () => openSandbox({ ...place, ports, signal }));
    const earlier = await step("Earlier set by `pulumi up`", () => buildStack(place, "earlier", signal));
    const later = await step("Later set by `pulumi up`, with the same settings", () =>
      buildStack(place, "later", signal),
    );
    await haunt(ghost, later, place.urls.genesys);
    for (const stack of [earlier, later]) await showSignIn(stack);
    const files = [earlier, later].flatMap(({ configFile }) => ["--config-file", configFile]);
    const compared = await amsg(later, "compare earlier later", ["compare", "earlier", "later", ...files]);
    const ofLater = ["--stack", later.stack, "--config-file", later.configFile, "--user", visitor.username];
    const diagnosed = await amsg(later, "diagnose --stack later", ["diagnose", ...ofLater]);
    const cure = ["rebuild", ...ofLater, "--within", "0", "--yes", "--report", report];
    const rebuilt = await amsg(later, "rebuild --stack later", cure);
    await showSignIn(later);
    const { differences } = compared.result;
    const { findings } = diagnosed.result;
    const culprits = rebuilt.result.culprits?.map(({ member }: { member: string }) => member) ?? [];
    const unseen = compared.code === exitCodes.ok && diagnosed.code === exitCodes.signInBroken;
    return {
      result: { command: "incident", ghost, differences, findings, rebuild: rebuilt.result },
      text: storyOf(rebuilt.result),
      exitCode: unseen && culprits.join() === memberByGhost.get(ghost) ? exitCodes.ok : exitCodes.error,
    };
  } finally {
    await sandbox?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Puts one member of the later set wrong, so that no read of either vendor shows it. */
function haunt(ghost: string, later: IncidentStack, sandboxUrl: string): Promise<void> {
  return step(`A fault that no read shows, in one member of the later set: ${ghost}`, async () => {
    const set = await readSet(later);
    const { id } = memberOf(set, memberByGhost.get(ghost) ?? "ECA");
    await new SandboxFaults(sandboxUrl).on(ghost, { member: id });
  });
}

async function showSignIn(stack: IncidentStack): Promise<void> {
  await step(`Sign-in at the ${stack.stack} set`, async ({ outcome }) => {
    const { pageContract } = await readSet(stack);
    const { ok, failed } = await checkSignIn(pageContract, visitor, { signal: stack.signal });
    outcome(ok ? "works" : `${failed?.evidence.status} ${failed?.evidence.message}`);
  });
}

/** Runs `amsg` with the settings of a stack, as a person would. @returns its exit code and its JSON */
async function amsg(stack: IncidentStack, shown: string, args: readonly string[]) {
  return step(`$ npx amsg ${shown}`, async ({ news, outcome }) => {
    const child = spawn(process.execPath, [join(root, "cli", "amsg.mjs"), ...args, "--json"], {
      cwd: stack.cwd,
      env: { ...stack.env, AMSG_PASSWORD: visitor.password },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const end = () => child.kill("SIGINT");
    stack.signal?.addEventListener("abort", end);
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => news(text.trim()));
    const [code] = (await once(child, "close")) as [number | null];
    stack.signal?.removeEventListener("abort", end);
    stack.signal?.throwIfAborted();
    const result = JSON.parse(stdout);
    outcome(`${outcomeOf(result)} (exit code ${code})`);
    return { code, result };
  });
}

// biome-ignore lint/suspicious/noExplicitAny: the JSON of three commands
function outcomeOf({ error, differences, findings, outcome }: any): string {
  if (error) return error.code;
  if (differences) return `${differences.length || "no"} differences`;
  if (findings) return `${findings.length || "no"} known causes found`;
  return outcome;
}

// biome-ignore lint/suspicious/noExplicitAny: the JSON of `amsg rebuild`
function storyOf({ error, summary = [], timeline = [], pageDuties = [], report }: any): string {
  return [
    "The rebuild:",
    ...timeline.map(({ what, detail }: Record<string, string>) => `  ${what}: ${detail}`),
    "",
    ...(error ? [`${error.code}: ${error.what}`] : summary),
    ...(pageDuties.length > 0 ? ["What the owners of the page must do:"] : []),
    ...pageDuties.map((duty: string) => `- ${duty}`),
    ...(report ? [`Report: ${report.markdown}`] : []),
  ].join("\n");
}
