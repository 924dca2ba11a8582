import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { z } from "zod";
import type { MemberSummary } from "../../components/AuthenticatedMessaging.ts";
import type { PageContract } from "../../components/pageContract.ts";
import { CodedError } from "../../providers/errors.ts";
import { genesysSettings } from "../../providers/genesys/settings.ts";
import { salesforceSettings } from "../../providers/salesforce/settings.ts";
import { factsOf } from "../../providers/settings.ts";
import { CommandFailed, run } from "../../tools/run.mjs";
import { type SandboxUrls, urlsOf, usualPorts } from "./sandbox.ts";

/** The stack that lives in the sandbox. */
export const sandboxStack = "dev";

/** What the program gives: Pulumi.yaml's `index.ts`. */
export interface StackOutputs {
  members: MemberSummary[];
  pageContract: PageContract;
}

const text = z.string();
const outputsSchema: z.ZodType<StackOutputs> = z.object({
  members: z.array(
    z.object({
      member: z.enum(["ECA", "credential", "integration", "configuration", "deployment"]),
      name: text,
      id: text,
      state: text,
    }),
  ),
  pageContract: z.object({
    deploymentId: text,
    genesysApiUrl: text,
    clientId: text,
    discoveryUrl: text,
    issuer: text,
    authorizeUrl: text,
    redirectUri: text,
    scopes: z.array(text),
    pkce: z.object({ required: z.boolean(), method: z.literal("S256") }),
  }),
});

const upDeadlineMs = 10 * 60_000;
const queryDeadlineMs = 60_000;
/** How long an interrupted `pulumi up` may take to finish what it is doing and write its state. */
const cancelMs = 60_000;

export interface StackOptions {
  /** The checkout. */
  root: string;
  urls: SandboxUrls;
  signal?: AbortSignal;
  /** Called with every line that Pulumi prints. */
  onLine?: (line: string) => void;
}

/**
 * What a shell needs for plain `pulumi` commands on the sandbox stack: its state lies in the checkout, under a
 * passphrase that is public because nothing but the sandbox is behind it.
 */
export function shellVariables(root: string): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${join(root, ".sandbox", "pulumi")}`,
    PULUMI_CONFIG_PASSPHRASE: "sandbox-only",
  };
}

/** Variables of the real vendors that are set in this shell: they would go before the stack configuration. */
export function variablesInTheWay(env: NodeJS.ProcessEnv): string[] {
  const schemas = { ...salesforceSettings.shape, ...genesysSettings.shape };
  const names = Object.values(schemas).map((schema) => factsOf(schema).env ?? "");
  return names.filter((name) => env[name]);
}

/**
 * Brings the set in the sandbox to what the program says, by the real engine; makes the stack when it is not there.
 * What the stack remembers is first compared with the sandbox, since that can have been emptied.
 *
 * @throws CodedError START_UP_FAILED, START_STACK_LOCKED, START_ODD_OUTPUTS
 */
export async function upStack(options: StackOptions): Promise<StackOutputs> {
  mkdirSync(join(options.root, ".sandbox", "pulumi"), { recursive: true });
  try {
    await up(options);
  } catch (error) {
    if (!(error instanceof CommandFailed) || !isStackMissing(error)) throw upFailed(error, options.root);
    await pulumi(options, ["stack", "init", "--no-select"], queryDeadlineMs);
    await up(options).catch((reason) => {
      throw upFailed(reason, options.root);
    });
  }
  return readOutputs(await pulumi(options, ["stack", "output", "--json"], queryDeadlineMs));
}

async function up(options: StackOptions): Promise<void> {
  const flags = ["--yes", "--skip-preview", "--refresh", "--config-file", configFile(options)];
  await pulumi(options, ["up", ...flags], upDeadlineMs);
}

/** Ended by SIGINT, upon which Pulumi finishes what it is doing and keeps a valid state. */
function pulumi(options: StackOptions, args: string[], deadlineMs: number): Promise<string> {
  const { root, signal, onLine } = options;
  const command = join(root, "node_modules", ".bin", "pulumi");
  return run(command, [...args, "--stack", sandboxStack, "--non-interactive", "--color", "never"], {
    cwd: root,
    env: environment(root),
    deadlineMs,
    signal,
    onLine,
    endBy: "SIGINT",
    graceMs: cancelMs,
  });
}

function environment(root: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...shellVariables(root),
    PATH: [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    NODE_COMPILE_CACHE: join(root, ".cache", "node-compile"),
  };
  for (const name of variablesInTheWay(env)) delete env[name];
  return env;
}

/** The committed stack configuration, or a copy of it that names the ports in use. */
export function configFile({ root, urls }: Pick<StackOptions, "root" | "urls">): string {
  const committed = join(root, `Pulumi.${sandboxStack}.yaml`);
  const changes = Object.entries(urlsOf(usualPorts)).map(([name, usual]) => [
    usual,
    urls[name as keyof SandboxUrls],
  ]);
  if (changes.every(([usual, actual]) => usual === actual)) return committed;
  const changed = changes.reduce(
    (content, [usual = "", actual = ""]) => content.replaceAll(usual, actual),
    readFileSync(committed, "utf8"),
  );
  const copy = join(root, ".sandbox", `Pulumi.${sandboxStack}.yaml`);
  writeFileSync(copy, changed);
  return copy;
}

function isStackMissing({ printed }: CommandFailed): boolean {
  return printed.includes(`no stack named '${sandboxStack}' found`);
}

function upFailed(error: unknown, root: string): unknown {
  if (!(error instanceof CommandFailed)) return error;
  const { printed, how } = error;
  if (printed.includes("the stack is currently locked")) return locked(printed, root);
  const said = printed.slice(Math.max(printed.lastIndexOf("\nDiagnostics:"), 0)).trim();
  return new CodedError({
    code: "START_UP_FAILED",
    what: ["`pulumi up` did not succeed. It says:", ...said.split("\n")].join("\n  "),
    evidence: { how },
    next: "Correct what it names, then run `npm start` again: it goes on where this run stopped.",
  });
}

function locked(printed: string, root: string): CodedError {
  const holder = /created by .*/.exec(printed)?.[0];
  return new CodedError({
    code: "START_STACK_LOCKED",
    what: `The stack ${sandboxStack} is locked by another run of Pulumi, or by one that was killed.`,
    evidence: { lock: holder },
    next: `If no other run is under way, remove the lock:\n    ${shellLine(root)} npx pulumi cancel --stack ${sandboxStack} --yes`,
  });
}

function shellLine(root: string): string {
  return Object.entries(shellVariables(root))
    .map(([name, value]) => `${name}='${value}'`)
    .join(" ");
}

function readOutputs(json: string): StackOutputs {
  const outputs = outputsSchema.safeParse(JSON.parse(json));
  if (outputs.success) return outputs.data;
  throw new CodedError({
    code: "START_ODD_OUTPUTS",
    what: `The stack's outputs are not those of this version of the program:\n${z.prettifyError(outputs.error)}`,
    next: "If you changed index.ts, keep its outputs `members` and `pageContract`.",
  });
}
