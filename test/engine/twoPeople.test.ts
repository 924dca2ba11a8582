import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { visitor } from "../../sandbox/accounts.ts";
import { amsgOn } from "../cli/amsg.ts";
import { expectNoDrift, expectSignIn } from "./drift.ts";
import { openStack, printed, type Stack, succeeded } from "./stack.ts";
import { logIns, oneSet, settingsFor, startVendors } from "./vendors.ts";

const vendors = await startVendors();
const settings = settingsFor(vendors);
const stack = await openStack({ settings, environment: logIns });

/** Who holds the lock of the stack, as soon as somebody does. */
async function holder({ stateFolder }: Stack): Promise<{ pid: number; username: string; hostname: string }> {
  const locks = () => globSync(join(stateFolder, "locks", "**", "*.json"));
  await vi.waitUntil(() => locks().length > 0, { timeout: 60_000, interval: 5 });
  return JSON.parse(readFileSync(locks()[0] ?? "", "utf8"));
}

test("of two people at one stack, the second is told who holds the lock, and the first goes on", async () => {
  await succeeded(stack.up());
  await stack.configure({ ...settings, displayName: "Renamed" });
  const first = stack.up();
  const { pid, username, hostname } = await holder(stack);
  process.kill(pid, "SIGSTOP");
  const before = vendors.everything();
  const second = await stack.up();
  const command = ["rebuild", "--yes", "--member", "credential", "--user", visitor.username];
  const rebuild = await amsgOn(stack, command, { env: { AMSG_PASSWORD: visitor.password } });
  expect(vendors.everything()).toEqual(before);
  process.kill(pid, "SIGCONT");

  expect(second.code).not.toBe(0);
  expect(printed(second)).toContain("the stack is currently locked");
  expect(printed(second)).toContain(`created by ${username}@${hostname} (pid ${pid})`);
  expect(rebuild.code).not.toBe(0);
  expect(printed(rebuild)).toMatch(/STACK_LOCKED: [\s\S]*next: /);
  expect(printed(rebuild)).toContain(`created by ${username}@${hostname} (pid ${pid})`);
  await succeeded(first);
  await expectNoDrift(stack);
});

test("a stack that aims at another one's app is refused, and told the owner", async () => {
  const program = join(import.meta.dirname, "programs", "full");
  const other = await openStack({ program, settings, environment: logIns });
  const before = vendors.everything();
  const run = await other.up();
  expect(run.code).not.toBe(0);
  expect(printed(run)).toMatch(/NAME_TAKEN: [\s\S]*owner authenticated-messaging\/test\/messaging/);
  expect(vendors.everything()).toEqual(before);
  expect(await vendors.objects()).toEqual(oneSet);
  await expectSignIn(stack);
});
