import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { MemberSummary } from "../../components/AuthenticatedMessaging.ts";
import { type PageContract, pageContractSchema } from "../../components/pageContract.ts";
import { CodedError } from "../../providers/errors.ts";
import { genesysSettings } from "../../providers/genesys/settings.ts";
import { salesforceSettings } from "../../providers/salesforce/settings.ts";
import { factsOf } from "../../providers/settings.ts";
import { CommandFailed } from "../../tools/run.mjs";
import { configFlags, pulumi, queryDeadlineMs, type StackReference } from "../stack/pulumi.ts";
import { type SandboxUrls, urlsOf, usualPorts } from "./sandbox.ts";

/** The stack that lives in the sandbox. */
export const sandboxStack = "dev";

/** What the program gives: `program/index.ts`. */
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
  pageContract: pageContractSchema,
});

const upDeadlineMs = 10 * 60_000;

/** Where the stack is: the checkout, the folder that keeps the state, and the sandbox it is built in. */
export interface StackPlace {
  root: string;
  folder: string;
  urls: SandboxUrls;
}

export interface StackOptions extends StackPlace {
  signal?: AbortSignal;
  /** Called with every line that Pulumi prints. */
  onLine?: (line: string) => void;
}

/**
 * What a shell needs for plain `pulumi` commands on the sandbox stack: its state lies in a folder of its own, under
 * a passphrase that is public because nothing but the sandbox is behind it.
 */
export function shellVariables({ folder }: StackPlace): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${join(folder, "pulumi")}`,
    PULUMI_CONFIG_PASSPHRASE: "sandbox-only",
  };
}

/** Variables of the real vendors that are set in this shell: they would go before the stack configuration. */
export function variablesInTheWay(env: NodeJS.ProcessEnv): string[] {
  const schemas = { ...salesforceSettings.shape, ...genesysSettings.shape };
  const names = Object.values(schemas).map((schema) => factsOf(schema).env ?? "");
  return names.filter((name) => env[name]);
}

/** What an update did. */
export interface StackUpdate {
  outputs: StackOutputs;
  /** As Pulumi counts: `7 unchanged`, or `+ 7 created`. */
  changes: string[];
}

/**
 * Brings the set in the sandbox to what the program says, by the real engine; makes the stack when it is not there.
 * What the stack remembers is first compared with the sandbox, since that can have been emptied.
 *
 * @throws CodedError START_UP_FAILED, START_STACK_LOCKED, START_ODD_OUTPUTS
 */
export async function upStack(options: StackOptions): Promise<StackUpdate> {
  mkdirSync(join(options.folder, "pulumi"), { recursive: true });
  try {
    const changes = await upOrCreate(options);
    const outputs = await pulumi(referenceOf(options), ["stack", "output", "--json"], {
      deadlineMs: queryDeadlineMs,
    });
    return { outputs: readOutputs(outputs), changes };
  } catch (error) {
    throw error instanceof CommandFailed ? upFailed(error, options) : error;
  }
}

async function upOrCreate(options: StackOptions): Promise<string[]> {
  try {
    return await up(options);
  } catch (error) {
    if (!(error instanceof CommandFailed) || !isStackMissing(error)) throw error;
    await pulumi(referenceOf(options), ["stack", "init", "--no-select"], { deadlineMs: queryDeadlineMs });
    return up(options);
  }
}

async function up(options: StackOptions): Promise<string[]> {
  // Without --run-program a refresh would look for the sandbox where it was at the last up.
  const refresh = ["--refresh", "--run-program"];
  const flags = ["--yes", "--skip-preview", ...refresh, "--suppress-outputs", "--suppress-progress"];
  const reference = referenceOf(options);
  const command = ["up", ...flags, ...configFlags(reference)];
  // Errors are told at the end, in full.
  const onLine = (line: string) =>
    line.trim() === "" || line.startsWith("error:") || options.onLine?.(line.trim());
  const printed = await pulumi(reference, command, { deadlineMs: upDeadlineMs, onLine });
  return (
    printed
      .match(/^ +(?:\S+ )?\d+ (?:unchanged|created|updated|replaced|deleted|changed)$/gm)
      ?.map((line) => line.trim()) ?? []
  );
}

function referenceOf(options: StackOptions): StackReference {
  return {
    cwd: options.root,
    stack: sandboxStack,
    configFile: configFile(options),
    env: environment(options),
    signal: options.signal,
  };
}

/** The vendors' clients would go through a proxy even to this machine. */
const proxyVariables = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];

/** Of the commands on a stack in the sandbox. */
export function environment(place: StackPlace): NodeJS.ProcessEnv {
  const { root } = place;
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...shellVariables(place),
    NODE_COMPILE_CACHE: join(root, ".cache", "node-compile"),
  };
  for (const name of [...variablesInTheWay(env), ...proxyVariables]) delete env[name];
  return env;
}

/** The committed stack configuration, or a copy of it that names the ports in use. */
export function configFile({ root, folder, urls }: StackPlace): string {
  const committed = join(root, `Pulumi.${sandboxStack}.yaml`);
  const changes = Object.entries(urlsOf(usualPorts)).map(([name, usual]) => [
    usual,
    urls[name as keyof SandboxUrls],
  ]);
  if (changes.every(([usual, actual]) => usual === actual)) return committed;
  const actualOf = new Map(changes as [string, string][]);
  const usualUrls = new RegExp([...actualOf.keys()].map((url) => url.replaceAll(".", "\\.")).join("|"), "g");
  const changed = readFileSync(committed, "utf8").replace(usualUrls, (usual) => actualOf.get(usual) ?? usual);
  const copy = join(folder, `Pulumi.${sandboxStack}.yaml`);
  writeFileSync(copy, changed);
  return copy;
}

function isStackMissing({ printed }: CommandFailed): boolean {
  return printed.includes(`no stack named '${sandboxStack}' found`);
}

function upFailed({ printed, how }: CommandFailed, place: StackPlace): CodedError {
  if (printed.includes("the stack is currently locked")) return locked(printed, place);
  const said = printed.slice(Math.max(printed.lastIndexOf("\nDiagnostics:"), 0)).trim();
  return new CodedError({
    code: "START_UP_FAILED",
    what: ["`pulumi up` did not succeed. It says:", ...said.split("\n")].join("\n  "),
    evidence: { how },
    next: "Correct what it names, then run `npm start` again: it goes on where this run stopped.",
  });
}

function locked(printed: string, place: StackPlace): CodedError {
  const holder = /created by .*/.exec(printed)?.[0];
  return new CodedError({
    code: "START_STACK_LOCKED",
    what: `The stack ${sandboxStack} is locked by another run of Pulumi, or by one that was killed.`,
    evidence: { lock: holder },
    next: `If no other run is under way, remove the lock:\n    ${shellLine(place)} npx pulumi cancel --stack ${sandboxStack} --yes`,
  });
}

function shellLine(place: StackPlace): string {
  return Object.entries(shellVariables(place))
    .map(([name, value]) => `${name}='${value}'`)
    .join(" ");
}

/** @throws CodedError START_ODD_OUTPUTS */
export function readOutputs(json: string): StackOutputs {
  const outputs = outputsSchema.safeParse(JSON.parse(json));
  if (outputs.success) return outputs.data;
  throw new CodedError({
    code: "START_ODD_OUTPUTS",
    what: `The stack's outputs are not those of this version of the program:\n${z.prettifyError(outputs.error)}`,
    next: "If you changed program/index.ts, keep its outputs `members` and `pageContract`.",
  });
}
