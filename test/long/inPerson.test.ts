import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { visitor } from "../../sandbox/accounts.ts";
import { openPage, startChromium } from "../browser/chromium.ts";
import { amsgOn } from "../cli/amsg.ts";
import { expectNoDrift } from "../engine/drift.ts";
import { openStack, printed, succeeded } from "../engine/stack.ts";
import { logIns, settingsFor, startVendors } from "../engine/vendors.ts";
import { portsInARow } from "../freePorts.ts";

test("a rebuild by somebody at a real browser: one log-in, then a look after each step", async () => {
  const vendors = await startVendors();
  const settings = settingsFor(vendors);
  const callback = `http://127.0.0.1:${await portsInARow(1)}/back`;
  const stack = await openStack({
    settings: { ...settings, callbackUrls: [...settings.callbackUrls, callback] },
    environment: logIns,
  });
  await succeeded(stack.up());
  const folder = await mkdtemp(join(tmpdir(), "in-person-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { page } = await openPage(await startChromium());

  vendors.faults.on("eca-ghost");
  let visits = 0;
  let last: Promise<unknown> = Promise.resolve();
  const flags = ["--browser", "--no-open", "--within", "0", "--yes", "--report", join(folder, "report")];
  const run = await amsgOn(stack, ["rebuild", "--json", ...flags], {
    onOutput: ({ stderr }) => {
      const addresses = [...stderr.matchAll(/^ {2}(http\S+)\n/gm)].map(([, address = ""]) => address);
      // One after the other: there is one page.
      for (const address of addresses.slice(visits)) {
        const isFirst = visits++ === 0;
        last = last.then(() => visit(address, isFirst));
      }
    },
  });
  async function visit(address: string, isFirst: boolean): Promise<void> {
    await page.goto(address);
    if (!isFirst) return;
    await page.getByLabel("Username").fill(visitor.username);
    await page.getByLabel("Password").fill(visitor.password);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("heading", { name: "You are signed in" }).waitFor();
  }
  expect(run.code, printed(run)).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({
    outcome: "cured",
    culprits: [{ member: "ECA", how: "replaced" }],
    changedInPage: ["clientId"],
  });
  // Before anything, after the repair of drift, and after each of the six steps until the cure.
  expect(visits).toBe(8);
  await expectNoDrift(stack);
}, 300_000);
