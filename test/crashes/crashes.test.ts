import { afterAll, expect, test } from "vitest";
import { survive } from "./crash.ts";
import { openWorld } from "./world.ts";

const world = await openWorld();
afterAll(world.close);

/** The first test and the last kill the own host right after a request. */
const ownHost = { host: "own", victim: "provider-host", when: "after" } as const;

// A handful; `npm run test:long` tries many, `npm run crashes` every request.
test.each([
  [
    "the provider host is killed",
    { ...ownHost, operation: "create", request: "POST /api/v2/integrations/credentials" },
  ],
  [
    "the CLI is killed, and the stock host ends with it",
    {
      operation: "create",
      host: "stock",
      victim: "cli",
      when: "before",
      request: "PUT /api/v2/integrations",
    },
  ],
] as const)("%s", async (_title, crash) => {
  const outcome = await survive(world, crash);
  expect(outcome).toMatchObject({ at: expect.stringContaining(crash.request) });
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
  const outcome = await survive(world, { ...ownHost, operation: "destroy", request });
  leave();
  expect(outcome.problem).toContain("no orphan and no twin");
});
