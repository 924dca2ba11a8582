import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { alone } from "../../tools/alone.mjs";
import { installPackages } from "../../tools/packages.mjs";

afterEach(() => vi.unstubAllEnvs());

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "set-up-errors-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

function writeScript(file: string, lines: string): void {
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
}

/** A checkout in which `npm` is a script of the test's. */
function checkoutWithNpm(lines: string): string {
  const root = temporaryFolder();
  mkdirSync(join(root, "bin"));
  writeScript(join(root, "bin", "npm"), lines);
  vi.stubEnv("PATH", `${join(root, "bin")}:/usr/bin:/bin`);
  vi.stubEnv("npm_execpath", undefined);
  return root;
}

describe("set-up", () => {
  it.each([
    ["another system", "Object.defineProperty(process, 'platform', { value: 'win32' })"],
    [
      "an old Node",
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '16.0.0' } })",
    ],
  ])("on %s says what is needed", async (_what, change) => {
    const preload = `data:text/javascript,${encodeURIComponent(change)}`;
    const running = promisify(execFile)(process.execPath, ["--import", preload, "tools/setUp.mjs"]);
    const { code, stderr } = await running.then(
      () => ({ code: 0, stderr: "" }),
      (error: { code: number; stderr: string }) => error,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/SET_UP_MACHINE: [\s\S]*Node 18 or newer[\s\S]*next: /);
  });

  it("gives up waiting for another one, and names its process and the lock", async () => {
    const lock = join(temporaryFolder(), "lock");
    writeFileSync(lock, String(process.pid));
    const waiting = alone(lock, async () => undefined, undefined, 100);
    await expect(waiting).rejects.toThrow("SET_UP_BUSY");
    await expect(waiting).rejects.toThrow(String(process.pid));
    await expect(waiting).rejects.toThrow(lock);
  });

  it("shows npm's own words when the packages cannot be installed", async () => {
    const root = checkoutWithNpm("echo 'npm error code ENETUNREACH' >&2; exit 1");
    await expect(installPackages(root)).rejects.toThrow(
      /SET_UP_NPM_FAILED: [\s\S]*code ENETUNREACH[\s\S]*next: /,
    );
  });

  it("does not accept a Node that is too old", async () => {
    const root = checkoutWithNpm("exit 0");
    mkdirSync(join(root, "node_modules", "node", "bin"), { recursive: true });
    writeScript(join(root, "node_modules", "node", "bin", "node"), "echo v20.0.0");
    await expect(installPackages(root)).rejects.toThrow(
      /SET_UP_NO_NODE_24: [\s\S]*it is v20\.0\.0[\s\S]*ignore-scripts/,
    );
  });
});
