import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CodedError } from "../../providers/errors.ts";

/** Where the three servers of the sandbox listen: ports on 127.0.0.1. */
export interface SandboxPorts {
  salesforce: number;
  genesys: number;
  webPage: number;
}

/** Those of `npm run sandbox`, which the stack configuration `Pulumi.dev.yaml` names as well. */
export const usualPorts: SandboxPorts = { salesforce: 18080, genesys: 18081, webPage: 18082 };

export type SandboxUrls = Record<keyof SandboxPorts, string>;

/** A sandbox that answers. */
export interface RunningSandbox {
  urls: SandboxUrls;
  /** Whether it was started here; one that ran already is left running. */
  startedHere: boolean;
  /** Stops it, if it was started here. */
  stop(): Promise<void>;
}

export interface SandboxOptions {
  /** The checkout. */
  root: string;
  /** Keeps the state of a sandbox that is started here. */
  folder: string;
  ports: SandboxPorts;
  signal?: AbortSignal;
}

const startDeadlineMs = 30_000;
const stopDeadlineMs = 10_000;
const answerDeadlineMs = 2_000;
const askEveryMs = 50;

export function urlsOf({ salesforce, genesys, webPage }: SandboxPorts): SandboxUrls {
  const url = (port: number) => `http://127.0.0.1:${port}`;
  return { salesforce: url(salesforce), genesys: url(genesys), webPage: url(webPage) };
}

/** The options with which `npm run sandbox` is this very sandbox. */
export function sandboxFlags({ folder, ports }: Pick<SandboxOptions, "folder" | "ports">): string[] {
  const flags = {
    "--salesforce-port": ports.salesforce,
    "--genesys-port": ports.genesys,
    "--web-page-port": ports.webPage,
    "--data": join(folder, "data"),
  };
  return Object.entries(flags).flat().map(String);
}

/**
 * Uses the sandbox that runs on these ports, or starts one as a process of its own.
 *
 * @throws CodedError START_NO_SANDBOX
 */
export async function openSandbox({ root, folder, ports, signal }: SandboxOptions): Promise<RunningSandbox> {
  const urls = urlsOf(ports);
  if (await answers(urls)) return { urls, startedHere: false, stop: async () => {} };
  const child = startProcess({ root, folder, ports });
  const sandbox = { urls, startedHere: true, stop: () => stop(child) };
  try {
    await untilItAnswers(child, urls, signal);
    return sandbox;
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

/** Apart from the terminal's process group, so that Ctrl-C reaches it only when all else has ended. */
function startProcess({ root, folder, ports }: SandboxOptions): ChildProcess {
  const program = [
    "--import",
    new URL("stopWithParent.ts", import.meta.url).href,
    join(root, "sandbox", "main.ts"),
    ...sandboxFlags({ folder, ports }),
  ];
  return spawn(process.execPath, program, {
    cwd: root,
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

async function untilItAnswers(child: ChildProcess, urls: SandboxUrls, signal?: AbortSignal): Promise<void> {
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const deadline = Date.now() + startDeadlineMs;
  while (!(await answers(urls))) {
    if (hasEnded(child))
      throw notStarted(`it ended with exit code ${child.exitCode ?? child.signalCode}`, said);
    if (Date.now() > deadline)
      throw notStarted(`it did not answer within ${startDeadlineMs / 1_000} s`, said);
    await pause(askEveryMs, undefined, { signal });
  }
}

async function answers(urls: SandboxUrls): Promise<boolean> {
  const servers = Object.entries(urls).map(([vendor, url]) => isServer(vendor, url));
  return (await Promise.all(servers)).every(Boolean);
}

/** Is the server at this address the sandbox's, and the right one of the three? */
async function isServer(vendor: string, url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/_sandbox/health`, { signal: AbortSignal.timeout(answerDeadlineMs) });
    const health = (await response.json()) as { sandbox?: unknown; vendor?: unknown };
    return health.sandbox === "authenticated-messaging" && health.vendor === vendor;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), stopDeadlineMs);
  await ended;
  clearTimeout(killer);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function notStarted(how: string, said: string): CodedError {
  return new CodedError({
    code: "START_NO_SANDBOX",
    what: ["The sandbox could not be started:", ...said.trim().split("\n")].join("\n  "),
    evidence: { how },
    next: "If a port is in use, stop what uses it, or take others: `npm start -- --help` names the options.",
  });
}
