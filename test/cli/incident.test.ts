import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkout } from "../engine/stack.ts";

/** The other ghosts take longer: test/long/incident.test.ts. */
test("npm run incident replays the story, and finds the member that no read shows to be at fault", async () => {
  const folder = await mkdtemp(join(tmpdir(), "incident-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const report = join(folder, "report");
  const args = [
    join(checkout, "cli", "incident.ts"),
    "--ghost",
    "integration-ghost",
    "--report",
    report,
    "--json",
  ];
  const run = await new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, args, { cwd: checkout }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
  expect(run.code, run.stderr).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({
    version: 1,
    differences: [],
    findings: [],
    rebuild: { outcome: "cured", culprits: [{ member: "integration" }], after: { ok: true } },
  });
  expect(run.stderr).toContain("Sign-in at the earlier set: works");
  expect(run.stderr).toContain("Sign-in at the later set: 401 Failed to identify user for token");
  expect(await readFile(`${report}.md`, "utf8")).toContain("At fault: integration");
}, 300_000);
