import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { StepName } from "../../operations/rebuild/steps.ts";
import { visitor } from "../../sandbox/accounts.ts";
import type { Passing } from "../../sandbox/faults/faults.ts";
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
    /**
     * Begins at this step, and kills everything right before or right after a vendor does what the first request asks
     * that begins like this: `PUT /api/v2/integrations`, or `deleteMetadata ExternalClientApplication`.
     */
    async rebuildUntil(from: StepName, when: "before" | "after", wanted: string): Promise<void> {
      const kill = new AbortController();
      const isIt = (request: Passing) => !kill.signal.aborted && requestOf(request).startsWith(wanted);
      const leave = vendors.faults.accompany({
        before(request) {
          if (when !== "before" || !isIt(request)) return;
          kill.abort();
          request.reset();
        },
        after(answer, request) {
          if (when === "after" && isIt(request)) kill.abort();
          return answer;
        },
      });
      const { code, stdout } = await run(["--yes", "--from", from], { kill: kill.signal });
      leave();
      if (!kill.signal.aborted) throw new Error(`No request ${wanted}; exit code ${code}: ${stdout}`);
    },
  };
}

/** A SOAP call goes by its operation and the type of the component, any other by its method and path. */
function requestOf({ operation, method, path, request }: Passing): string {
  if (operation === undefined) return `${method} ${path}`;
  const [, type] = /(?:<type>|:type=")(\w+)/.exec(String(request.body)) ?? [];
  return `${operation} ${type}`;
}
