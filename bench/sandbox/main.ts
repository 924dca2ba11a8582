/**
 * Measures how much the sandbox bears: the objects of 1,000 sets, and 500 requests a second for 10 seconds, one with
 * its state in memory and one with its state on disk. The sandbox has a process of its own, and so has the load.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { loadAt, type Timing } from "./load.ts";
import type { Ready } from "./server.ts";

const sets = 1_000;
const rate = 500;
const seconds = 10;
/** 300 requests a minute each: enough for twice the load. */
const tokens = 2 * Math.ceil((rate * seconds) / 300);

console.log(
  `${sets} sets (${sets * 5} members), ${rate} requests a second for ${seconds} s; ` +
    `${cpus().length} cores, load before it ${loadavg()[0]?.toFixed(1)}.`,
);
const folder = await mkdtemp(join(tmpdir(), "sandbox-bench-"));
try {
  const inMemory = await measure("state in memory", "");
  const onDisk = await measure("state on disk", folder);
  const { size } = await stat(join(folder, "genesys.json"));
  console.log(`\nThe file of the Genesys state has ${(size / 1e6).toFixed(1)} MB.`);
  const load = loadavg()[0] ?? 0;
  if (load > cpus().length) {
    console.log(
      `The machine is busy with more (load ${load.toFixed(1)} on ${cpus().length} cores): that is in the durations, ` +
        "not in the processor time.",
    );
  }
  if (!inMemory || !onDisk) console.log("Not reached: some requests failed, or their answers fell behind.");
  process.exitCode = inMemory && onDisk ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @returns whether every request was answered with success and the rate was kept */
async function measure(what: string, data: string): Promise<boolean> {
  const server = fork(join(import.meta.dirname, "server.ts"), [String(sets), String(tokens), data]);
  try {
    const [ready] = (await once(server, "message")) as [Ready];
    await loadAt(100, 2, ready);
    const [before, start] = [await processorMs(server), performance.now()];
    const timings = await loadAt(rate, seconds, ready);
    const tookMs = performance.now() - start;
    return report(what, timings, tookMs, (await processorMs(server)) - before);
  } finally {
    server.disconnect();
  }
}

async function processorMs(server: ChildProcess): Promise<number> {
  server.send("processor time");
  const [used] = (await once(server, "message")) as [number];
  return used;
}

function report(what: string, timings: readonly Timing[], tookMs: number, usedMs: number): boolean {
  const all = timings.flatMap(({ durations }) => durations);
  const failed = timings.reduce((sum, timing) => sum + timing.failed, 0);
  const perSecond = (all.length / tookMs) * 1000;
  console.log(`\n${what}: ${perSecond.toFixed(0)} answers a second, ${failed} failed`);
  row(["", "requests", "p50 ms", "p95 ms", "p99 ms", "max ms"]);
  for (const { kind, durations } of [...timings, { kind: "all", durations: all }]) {
    const figures = [0.5, 0.95, 0.99, 1].map((part) => quantile(durations, part).toFixed(1));
    row([kind, String(durations.length), ...figures]);
  }
  const each = usedMs / all.length;
  console.log(
    `The sandbox used ${((usedMs / tookMs) * 100).toFixed(0)} % of one core, ${each.toFixed(2)} ms a request; ` +
      `it runs on one, so by that time its limit is at ${Math.floor(1000 / each)} requests a second.`,
  );
  return failed === 0 && perSecond > rate * 0.95;
}

function row(cells: readonly string[]): void {
  const [first = "", ...others] = cells;
  console.log(`  ${first.padEnd(20)}${others.map((cell) => cell.padStart(10)).join("")}`);
}

function quantile(durations: readonly number[], part: number): number {
  const sorted = durations.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
