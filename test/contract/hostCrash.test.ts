import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { watchFiles } from "../engine/watch.ts";
import { type HostName, hostNames, startHost } from "./host.ts";

const canary = "canary-of-a-crash-0123456789";
const crash = join(import.meta.dirname, "crash.cjs");

/** A host that has a secret in memory and in what its errors carry along, as those of the vendors' clients do. */
async function startWithSecret(name: HostName) {
  const folder = await mkdtemp(join(tmpdir(), "crash-"));
  afterAll(() => rm(folder, { recursive: true }));
  const files = watchFiles(folder);
  const host = await startHost(
    name,
    {},
    { GENESYSCLOUD_OAUTHCLIENT_SECRET: canary, NODE_OPTIONS: `--require ${crash}`, TMPDIR: folder },
  );
  return { ...host, files };
}

const hosts = await Promise.all(hostNames.map(startWithSecret));

describe.each(hosts)("the $name shows no secret", ({ process, closed, errors, files }) => {
  test("when something rejects that nobody awaits", async () => {
    process.kill("SIGUSR2");
    await expect.poll(() => errors.join("")).toContain("planted rejection");
    expect(errors.join("")).not.toContain(canary);
  });

  test("when it is aborted", async () => {
    process.kill("SIGABRT");
    await closed;
    expect(errors.join("")).not.toContain(canary);
    expect((await files.stop()).filter(({ text }) => text.includes(canary))).toEqual([]);
  });
});

const others = await Promise.all(hostNames.map(startWithSecret));

test.each(others)(
  "the $name shows no secret when something throws that nobody catches",
  async ({ process, errors, files }) => {
    process.kill("SIGHUP");
    await expect.poll(() => errors.join("")).toContain("planted exception");
    expect(errors.join("")).not.toContain(canary);
    expect((await files.stop()).filter(({ text }) => text.includes(canary))).toEqual([]);
  },
);
