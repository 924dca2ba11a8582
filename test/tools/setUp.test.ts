import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { alone } from "../../tools/alone.mjs";
import { showProgress } from "../../tools/progress.mjs";
import { run } from "../../tools/run.mjs";

test("in a checkout that is ready, set-up is silent and quick", async () => {
  const began = performance.now();
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["tools/setUp.mjs"]);
  expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
  // 0.12 s on an idle machine; anything to do would take longer than this.
  expect(performance.now() - began).toBeLessThan(5_000);
});

test("a command is ended at its deadline together with what it started", async () => {
  const began = performance.now();
  // The grandchild holds the output open, so an earlier end than its own proves that it was ended too.
  const command = run("/bin/sh", ["-c", "echo begun; sleep 60 & wait"], { deadlineMs: 300 });
  await expect(command).rejects.toThrow("ended by its deadline of 0.3 s; begun");
  expect(performance.now() - began).toBeLessThan(10_000);
});

test("a command that fails says how and what it printed last; one that is not there is named", async () => {
  await expect(run("/bin/sh", ["-c", "echo reason >&2; exit 3"], { deadlineMs: 5_000 })).rejects.toThrow(
    "exit 3; reason",
  );
  await expect(run("no-such-program", [], { deadlineMs: 5_000 })).rejects.toThrow("no-such-program ENOENT");
});

test("a command is ended when the user interrupts", async () => {
  const interrupted = new AbortController();
  const command = run("sleep", ["60"], { deadlineMs: 60_000, signal: interrupted.signal });
  interrupted.abort();
  await expect(command).rejects.toThrow("interrupted");
});

test("two set-ups in one checkout take turns, and the lock of a dead one does not stand in the way", async () => {
  const folder = mkdtempSync(join(tmpdir(), "alone-test-"));
  const lock = join(folder, "lock");
  writeFileSync(lock, "999999999");
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await pause(20);
    order.push(`${name} ends`);
  };
  try {
    const first = alone(lock, work("first"));
    const second = alone(lock, work("second"));
    await Promise.all([first, second]);
    expect(order).toEqual(["first begins", "first ends", "second begins", "second ends"]);
    expect(existsSync(lock)).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("without a terminal progress is shown as lines of its own", async () => {
  const shown: string[] = [];
  const stream = { isTTY: false, write: (text: string) => shown.push(text) > 0 };
  await showProgress("Building", async () => "built", stream);
  await expect(showProgress("Failing", () => Promise.reject(new Error("no")), stream)).rejects.toThrow("no");
  expect(shown).toEqual([
    "Building ... 0 s\n",
    "Building: done in 0 s\n",
    "Failing ... 0 s\n",
    "Failing: not possible (after 0 s)\n",
  ]);
});
