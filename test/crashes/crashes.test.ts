import { afterAll, describe, expect, test } from "vitest";
import { type Crash, survive } from "./crash.ts";
import { openWorld } from "./world.ts";

const world = await openWorld();
afterAll(world.close);

type Case = [operation: Crash["operation"], host: Crash["host"], when: Crash["when"], request: string];

// A handful; `npm run crashes` tries every request.
describe("the provider host is killed", () => {
  test.each<Case>([
    ["create", "own", "after", "POST /api/v2/integrations/credentials"],
    ["replace", "stock", "after", "DELETE /api/v2/webdeployments/configurations"],
  ])("%s on the %s host, %s %s", async (operation, host, when, request) => {
    const outcome = await survive(world, { operation, host, victim: "provider-host", when, request });
    expect(outcome).toMatchObject({ at: expect.stringContaining(request) });
    expect(outcome.problem).toBeUndefined();
  });
});

test("the CLI is killed, and the stock host ends with it", async () => {
  const request = "PUT /api/v2/integrations";
  const crash = { operation: "create", host: "stock", victim: "cli", when: "before", request } as const;
  const outcome = await survive(world, crash);
  expect(outcome).toMatchObject({ at: expect.stringContaining(request) });
  expect(outcome.problem).toBeUndefined();
});

test("an orphan is noticed", async () => {
  const leave = world.sandbox.faults.accompany({
    before: () => {
      const { credentials } = world.sandbox.genesys.store.state;
      const [any] = Object.values(credentials);
      if (any) credentials.orphan = { ...any, id: "orphan" };
    },
  });
  const request = "DELETE /api/v2/integrations/credentials";
  const crash = {
    operation: "destroy",
    host: "own",
    victim: "provider-host",
    when: "after",
    request,
  } as const;
  const outcome = await survive(world, crash);
  leave();
  expect(outcome.problem).toContain("no orphan and no twin");
});
