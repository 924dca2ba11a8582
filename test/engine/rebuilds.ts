import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, vi } from "vitest";
import type { StepName } from "../../operations/rebuild/steps.ts";
import { visitor } from "../../sandbox/accounts.ts";
import { type AmsgOptions, amsgOn } from "../cli/amsg.ts";
import { onTerminal, type TerminalOptions } from "../cli/terminal.ts";
import { nameOf, openStack, type Run, succeeded } from "./stack.ts";
import { logIns, settingsFor, startVendors } from "./vendors.ts";

/** A set that was built by the engine, and the command that rebuilds it, for as long as the test file runs. */
export async function startRebuilds() {
  const vendors = await startVendors();
  const stack = await openStack({ settings: settingsFor(vendors), environment: logIns });
  await succeeded(stack.up());
  const folder = await mkdtemp(join(tmpdir(), "rebuild-"));
  afterAll(() => rm(folder, { recursive: true }));
  const report = join(folder, "report");

  const run = (flags: readonly string[], options: AmsgOptions): Promise<Run> => {
    const common = ["--user", visitor.username, "--within", "0", "--report", report, "--json"];
    const env = { AMSG_PASSWORD: visitor.password };
    return amsgOn(stack, ["rebuild", ...common, ...flags], { env, ...options });
  };
  return {
    vendors,
    stack,
    /** Where it writes its reports, without the ending. */
    report,
    rebuild: (...flags: string[]) => run(flags, {}),
    /** As a person does it, by `npx amsg` on a terminal. */
    rebuildOnTerminal(flags: readonly string[], onOutput: TerminalOptions["onOutput"]) {
      const ofStack = ["--stack", stack.name, "--config-file", stack.configFile];
      const common = ["--user", visitor.username, "--within", "0", "--report", report];
      const command = ["npx amsg rebuild", ...ofStack, ...common, ...flags].join(" ");
      return onTerminal(command, {
        env: { ...stack.environment, AMSG_PASSWORD: visitor.password },
        onOutput,
      });
    },
    /** The ids in the state, by the name of the resource. */
    async ids(): Promise<Record<string, string | undefined>> {
      return Object.fromEntries((await stack.resources()).map(({ urn, id }) => [nameOf(urn), id]));
    },
    /** Begins at this step, and kills everything as soon as a vendor has answered this request. */
    async rebuildUntil(from: StepName, method: string, path: string): Promise<void> {
      const kill = new AbortController();
      const logs = [vendors.genesys.log, vendors.salesforce.log];
      for (const log of logs) log.clear();
      const running = run(["--yes", "--from", from], { kill: kill.signal });
      const isIt = (entry: { method: string; path: string }) =>
        entry.method === method && entry.path.startsWith(path);
      const seen = () => logs.some(({ entries }) => entries.some(isIt));
      await vi.waitUntil(seen, { timeout: 120_000, interval: 10 });
      kill.abort();
      await running;
    },
  };
}
