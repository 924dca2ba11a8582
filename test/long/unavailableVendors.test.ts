import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { visitor } from "../../sandbox/accounts.ts";
import { amsg, amsgOn } from "../cli/amsg.ts";
import { openStack, printed, succeeded } from "../engine/stack.ts";
import { logIns, settingsFor, startVendors } from "../engine/vendors.ts";

const vendors = await startVendors();
const stack = await openStack({ settings: settingsFor(vendors), environment: logIns });
await succeeded(stack.up());
const whole = vendors.everything();
const folder = await mkdtemp(join(tmpdir(), "unavailable-"));
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vendors.faults.allOff());

const asVisitor = ["--user", visitor.username];
let bundles = 0;

/** Every command that asks a vendor, with little time, and what it says when a vendor cannot be asked. */
const commands = {
  rebuild: {
    args: () => ["rebuild", ...asVisitor, "--yes", "--within", "0", "--timeout", "1"],
    code: /^1$/,
    says: /^REBUILD_SIGN_IN_UNCLEAR: .*nothing more is changed[\s\S]*^ {2}next: /m,
  },
  "sign-in": {
    args: () => ["sign-in", ...asVisitor, "--timeout", "1"],
    // A web page in place of the discovery document may be that of another host: then it is broken.
    code: /^[13]$/,
    says: /SIGN_IN_(NO_ANSWER|UNAVAILABLE|NO_LOGIN_FORM|DISCOVERY_ODD)[\s\S]*next/,
  },
  diagnose: {
    args: () => ["diagnose", ...asVisitor, "--deadline", "4"],
    code: /^1$/,
    says: /: (DIAGNOSIS|GENESYS|SALESFORCE|SIGN_IN)_[A-Z_]+: [\s\S]*^ +next: [\s\S]*not everything could be\s+looked at/m,
  },
  compare: {
    args: () => ["compare", stack.name, "--within", "4"],
    code: /^1$/,
    says: /^(GENESYS|SALESFORCE|VENDORS)_[A-Z_]+: [\s\S]*^ {2}next: /m,
  },
  "support-bundle": {
    args: () => ["support-bundle", ...asVisitor, "--within", "4", "-o", join(folder, `${++bundles}.zip`)],
    code: /^0$/,
    says: /(GENESYS|SALESFORCE|VENDORS|SIGN_IN)_[A-Z_]+/,
  },
} as const;
const names = Object.keys(commands) as (keyof typeof commands)[];

async function expectTold(name: keyof typeof commands): Promise<void> {
  const { args, code, says } = commands[name];
  const withoutStack = name === "compare" ? ["--config-file", stack.configFile] : undefined;
  const env = { ...stack.environment, AMSG_PASSWORD: visitor.password };
  const run = await (withoutStack
    ? amsg([...args(), ...withoutStack], { env })
    : amsgOn(stack, args(), { env }));
  expect(String(run.code), printed(run)).toMatch(code);
  expect(printed(run)).toMatch(says);
  expect(vendors.everything()).toEqual(whole);
}

const troubles = [
  ["breaks off every connection", "connection-reset", {}],
  ["answers nothing", "slow-answer", { milliseconds: 90_000 }],
  ["answers with a web page", "html-answer", {}],
  ["is unavailable", "service-unavailable", {}],
] as const;

for (const vendor of ["genesys", "salesforce"] as const) {
  describe.each(troubles)(`${vendor} %s`, (_what, fault, options) => {
    test.each(names)("%s", { timeout: 90_000 }, async (name) => {
      vendors.faults.on(fault, { ...options, vendor });
      await expectTold(name);
    });
  });
}

describe("nobody listens at either vendor", () => {
  test.each(names)("%s", { timeout: 90_000 }, async (name) => {
    await vendors.stop();
    await expectTold(name);
  });
});
