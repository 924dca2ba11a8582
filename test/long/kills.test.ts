import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { gone, leftBy, type Process, processesOf, victims } from "../crashes/victims.ts";
import { expectNoDrift } from "../engine/drift.ts";
import { openStack, succeeded } from "../engine/stack.ts";
import { logIns, oneSet, settingsFor, startVendors } from "../engine/vendors.ts";

/** How often a run is killed, on each host. */
const kills = 12;
/** Pulumi's language host looks for its engine every five minutes. */
const languageHostMs = 6 * 60_000;

const vendors = await startVendors();
const temporary = await mkdtemp(join(tmpdir(), "kills-"));
afterAll(() => rm(temporary, { recursive: true, force: true }));

/** After so many milliseconds one of them is killed, by turns. */
const moments = fc.sample(fc.integer({ min: 0, max: 4_000 }), { seed: 20_261_125, numRuns: kills });

const languageHosts: Process[] = [];
const isLanguageHost = ({ command }: Process) => victims["language-host"].pattern.test(command);

describe.each(["own", "stock"] as const)("the CLI or the %s host is killed at any time", (host) => {
  test("and leaves no process of this project behind; the set is brought in order", async () => {
    const settings = settingsFor(vendors);
    const stack = await openStack({ host, settings, environment: { ...logIns, TMPDIR: temporary } });
    for (const [index, milliseconds] of moments.entries()) {
      const { pattern } = victims[index % 2 === 0 ? "cli" : "provider-host"];
      const running = stack.up("--refresh");
      await pause(milliseconds);
      for (const { pid, command } of processesOf(stack))
        if (pattern.test(command)) process.kill(pid, "SIGKILL");
      await running;
      const left = leftBy(stack);
      languageHosts.push(...left.filter(isLanguageHost));
      await gone(left.filter((process) => !isLanguageHost(process)));
      await stack.cancel();
    }
    await succeeded(stack.up("--refresh"));
    await expectNoDrift(stack);
    expect(await vendors.objects()).toEqual(oneSet);
    await succeeded(stack.destroy());
  }, 600_000);
});

test(
  "Pulumi's own language hosts end by themselves, and leave no folder of pipes",
  async () => {
    await gone(languageHosts, languageHostMs);
    const folders = (await readdir(temporary)).filter((name) => name.startsWith("pulumi-node-pipes"));
    expect(folders).toEqual([]);
  },
  languageHostMs + 10_000,
);
