import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkout } from "../engine/stack.ts";

test.each(["eca-ghost", "credential-ghost", "configuration-ghost", "deployment-ghost"])(
  "npm run incident -- --ghost %s",
  async (ghost) => {
    const folder = await mkdtemp(join(tmpdir(), "incident-test-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const args = [join(checkout, "cli", "incident.ts"), "--ghost", ghost, "--report", join(folder, "report")];
    const code = await new Promise((resolve) => {
      const child = execFile(process.execPath, args, { cwd: checkout }, () => resolve(child.exitCode));
    });
    expect(code).toBe(0);
  },
  600_000,
);
