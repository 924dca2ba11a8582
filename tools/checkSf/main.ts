import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fastDelays } from "../../sandbox/delays.ts";
import { startSandbox } from "../../sandbox/sandbox.ts";
import { installSalesforceCli, salesforceCli } from "./salesforceCli.ts";
import { type Bench, STEPS, type Step } from "./steps.ts";

const HELP = `npm run check:sf

Checks that the sandbox's Salesforce org passes for a real one with the real Salesforce CLI: the CLI deploys an
External Client App in source format, lists, queries and retrieves it, and deletes it again.

The CLI is installed once into .cache/sf (about 300 MB). It runs with a home of its own; nothing of yours is
touched, and nothing leaves this machine except the download.
`;

const project = fileURLToPath(new URL("project", import.meta.url));
const cache = fileURLToPath(new URL("../../.cache/sf", import.meta.url));

/** Whether all steps went well. */
async function checkAll(signal: AbortSignal): Promise<boolean> {
  const script = await installSalesforceCli(cache, signal);
  const folder = await mkdtemp(join(tmpdir(), "check-sf-"));
  const delays = { ...fastDelays };
  const sandbox = await startSandbox({ delays });
  try {
    const [home, copy] = [join(folder, "home"), join(folder, "project")];
    await Promise.all([mkdir(home), cp(project, copy, { recursive: true })]);
    const cli = salesforceCli(script, home, copy, signal);
    return await check({ ...cli, orgUrl: sandbox.salesforceUrl, delays, project: copy }, signal);
  } finally {
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function check(bench: Bench, signal: AbortSignal): Promise<boolean> {
  let failed = 0;
  for (const step of STEPS) {
    signal.throwIfAborted();
    if (!(await passes(step, bench))) failed += 1;
  }
  console.log(
    failed === 0 ? `\nAll ${STEPS.length} steps ok.` : `\n${failed} of ${STEPS.length} steps failed.`,
  );
  return failed === 0;
}

/** Does one step and prints it as a row of the table. */
async function passes(step: Step, bench: Bench): Promise<boolean> {
  const began = Date.now();
  const [word, evidence] = await step.run(bench).then(
    (text) => ["ok", text],
    (error: unknown) => ["failed", error instanceof Error ? error.message : String(error)],
  );
  const seconds = `${((Date.now() - began) / 1000).toFixed(1)} s`;
  console.log(`${word?.padEnd(6)}  ${seconds.padStart(6)}  ${step.title.padEnd(46)}  ${evidence}`);
  return word === "ok";
}

if (process.argv.includes("--help")) {
  process.stdout.write(HELP);
} else {
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => interrupted.abort(new Error(`Interrupted (${name}).`)));
  }
  try {
    process.exitCode = (await checkAll(interrupted.signal)) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
