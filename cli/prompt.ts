import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** A terminal echoes what is typed through this, which shows none of it. */
const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });

/** Asks for a secret, which is not shown. Undefined when there is no terminal to ask at. */
export async function askHidden(question: string, signal: AbortSignal): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  process.stderr.write(question);
  const line = await ask("", nothing, signal).finally(() => process.stderr.write("\n"));
  return line === "" ? undefined : line;
}

/** Asks for a line, typed or piped in; empty at the end of the input. */
export function askLine(question: string, signal: AbortSignal | undefined): Promise<string> {
  return ask(question, process.stderr, signal);
}

async function ask(question: string, output: Writable, signal: AbortSignal | undefined): Promise<string> {
  const terminal = process.stdin.isTTY === true;
  const lines = createInterface({ input: process.stdin, output, terminal });
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  // On a terminal the interface takes Ctrl-C to itself; the command ends by it as by any signal.
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    return await Promise.race([lines.question(question, { signal }), ended]);
  } finally {
    lines.close();
  }
}
