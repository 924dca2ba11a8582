import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { freePorts } from "../../operations/incident/freePorts.ts";
import { buildStack } from "../../operations/incident/twoStacks.ts";
import { urlsOf } from "../../operations/start/sandbox.ts";
import { startSandbox } from "../../sandbox/sandbox.ts";
import { amsg } from "../cli/amsg.ts";
import { checkout, printed } from "../engine/stack.ts";

const folder = await mkdtemp(join(tmpdir(), "compare-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Two stacks of one program, each with a configuration file of its own, in one sandbox. */
async function twoStacks() {
  const ports = await freePorts();
  const sandbox = await startSandbox({
    ports,
    limits: { requestsPerMinute: Infinity, loginsPerMinute: Infinity },
  });
  afterAll(sandbox.stop);
  const place = { root: checkout, folder, urls: urlsOf(ports) };
  const { signal } = new AbortController();
  const earlier = await buildStack(place, "earlier", signal);
  const later = await buildStack(place, "later", signal);
  const files = [earlier, later].flatMap(({ configFile }) => ["--config-file", configFile]);
  const compare = (...flags: string[]) =>
    amsg(["compare", "earlier", "later", ...files, ...flags], { env: earlier.env });
  return { sandbox, earlier, later, compare };
}

test("two stacks with two configuration files, and one of them against its program", async () => {
  const { sandbox, earlier, later, compare } = await twoStacks();
  const alike = await compare();
  expect(alike.code, printed(alike)).toBe(0);
  expect(alike.stdout).toMatch(/^earlier:messaging against later:messaging: no difference, \d+ expected/);

  sandbox.faults.on("integration-disabled", { member: String(await idOf("integration")) });
  const differing = await compare("--json");
  expect(differing.code, printed(differing)).toBe(2);
  expect(JSON.parse(differing.stdout)).toMatchObject({
    version: 1,
    left: { name: "earlier:messaging" },
    right: { name: "later:messaging" },
    differences: expect.arrayContaining([expect.objectContaining({ member: "integration", cause: "A5" })]),
  });

  const ofProgram = await amsg(["compare", "later", "--config-file", later.configFile], { env: later.env });
  expect(ofProgram.code, printed(ofProgram)).toBe(2);
  expect(ofProgram.stdout).toMatch(/What A5.* means: npx amsg diagnose --explain A5/);
  const clean = await amsg(["compare", "earlier", "--config-file", earlier.configFile], { env: earlier.env });
  expect(clean.code, printed(clean)).toBe(0);

  async function idOf(member: string): Promise<unknown> {
    const run = await amsg(
      ["rebuild", "--dry-run", "--json", "--stack", "later", "--config-file", later.configFile],
      {
        env: later.env,
      },
    );
    return JSON.parse(run.stdout).steps.find((step: { member: string }) => step.member === member).id;
  }
}, 300_000);
