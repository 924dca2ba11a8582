import { afterAll, describe, expect, test } from "vitest";
import { RebuildStopped, rebuild } from "../../operations/rebuild/rebuild.ts";
import { CodedError } from "../../providers/errors.ts";
import { visitor } from "../../sandbox/accounts.ts";
import { checkout, openStack, succeeded } from "../engine/stack.ts";
import { logIns, settingsFor, startVendors } from "../engine/vendors.ts";
import { twoOnTheWay } from "./onTheWay.ts";

const vendors = await startVendors();
const stack = await openStack({ settings: settingsFor(vendors), environment: logIns });
await succeeded(stack.up());
const whole = vendors.everything();
const runs = 100;
const outcomes = new Map<string, number>();
afterAll(() => console.info("Rebuilds of a healthy set:", Object.fromEntries(outcomes)));

/** As `npx amsg rebuild --yes` on the real engine; the outcome, or the code of the error. */
async function outcomeOf(withinMs: number | undefined): Promise<string> {
  const reference = {
    cwd: checkout,
    stack: stack.name,
    configFile: stack.configFile,
    env: { ...stack.environment },
  };
  try {
    const { outcome } = await rebuild(
      reference,
      { find: true },
      {
        visitor,
        withinMs,
        show: (_title, work) => work({ news: () => {}, outcome: () => {} }),
        confirm: async () => {},
      },
    );
    return outcome;
  } catch (thrown) {
    const error = thrown instanceof RebuildStopped ? thrown.cause : thrown;
    if (error instanceof CodedError) return error.code;
    throw error;
  }
}

async function expectUntouched(label: string, withinMs: number | undefined): Promise<string> {
  const outcome = await outcomeOf(withinMs);
  vendors.faults.allOff();
  const counted = `${label}: ${outcome}`;
  outcomes.set(counted, (outcomes.get(counted) ?? 0) + 1);
  expect(vendors.everything()).toEqual(whole);
  return outcome;
}

describe("a healthy set keeps every member", () => {
  test(`in ${runs} runs with one request in twenty struck twice over`, { timeout: 40 * 60_000 }, async () => {
    for (let seed = 1; seed <= runs; seed++) {
      for (const name of twoOnTheWay(seed)) vendors.faults.on(name, { probability: 0.05, seed });
      const outcome = await expectUntouched("faults that pass", undefined);
      expect(["healthy", "REBUILD_SIGN_IN_UNCLEAR"], `seed ${seed}`).toContain(outcome);
    }
    expect(outcomes.get("faults that pass: healthy")).toBeGreaterThan(0.9 * runs);
  });

  const lasting = [
    "service-unavailable",
    "rate-limited-without-retry-after",
    "html-answer",
    "connection-reset",
  ];
  const places = [
    "POST /services/oauth2/token",
    "GET /id/keys",
    "POST /api/v2/webdeployments/token",
    "GET /services/oauth2/authorize",
    "GET /.well-known",
  ];
  test.each(lasting.flatMap((name) => places.map((match) => [name, match] as const)))(
    "while %s strikes every %s",
    { timeout: 120_000 },
    async (name, match) => {
      vendors.faults.on(name, { match });
      expect(await expectUntouched("a fault that lasts", 0)).toBe("REBUILD_SIGN_IN_UNCLEAR");
    },
  );
});
