import { afterAll, expect, test } from "vitest";
import { survive } from "./crash.ts";
import { openWorld } from "./world.ts";

const world = await openWorld();
afterAll(world.close);

// A handful; `npm run test:long` tries many, `npm run crashes` every request.
test("the provider host is killed", async () => {
  const request = "POST /api/v2/integrations/credentials";
  const crash = {
    operation: "create",
    host: "own",
    victim: "provider-host",
    when: "after",
    request,
  } as const;
  const outcome = await survive(world, crash);
  expect(outcome).toMatchObject({ at: expect.stringContaining(request) });
  expect(outcome.problem).toBeUndefined();
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
