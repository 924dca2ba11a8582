import { writeFile } from "node:fs/promises";
import { checks } from "../operations/diagnosis/checks/index.ts";
import { type Diagnosis, diagnose } from "../operations/diagnosis/diagnose.ts";
import { type Conclusion, conclusionOf } from "../operations/diagnosis/report/conclusion.ts";
import { htmlReport } from "../operations/diagnosis/report/html.ts";
import { junitReport } from "../operations/diagnosis/report/junit.ts";
import { type OpenedSet, openSet } from "../operations/stack/messagingSet.ts";
import type { StackReference } from "../operations/stack/pulumi.ts";
import { CodedError } from "../providers/errors.ts";
import type { Answer } from "./command.ts";
import type { DiagnoseFlags } from "./diagnose.ts";
import { diagnosisAsText, storyAsText } from "./diagnoseReport.ts";
import { exitCodes } from "./exitCodes.ts";
import { step, stepWith } from "./progress.ts";
import { table } from "./table.ts";
import { visitorFrom } from "./visitor.ts";

const codes: Readonly<Record<Conclusion, number>> = {
  healthy: exitCodes.ok,
  findings: exitCodes.findings,
  signInBroken: exitCodes.signInBroken,
  incomplete: exitCodes.error,
};

/** Diagnoses a set, and writes the reports that were asked for. */
export async function run(flags: DiagnoseFlags, stack: StackReference, signal: AbortSignal): Promise<Answer> {
  const opened = await step("Reading the stack", () => openSet(stack, flags.set));
  const visitor = await visitorFrom(flags, opened, signal);
  const diagnosis = await stepWith(visitor)("Looking for causes", async ({ news, outcome }) => {
    const { only, maxAge } = flags;
    const done = await diagnose(opened, {
      signal,
      visitor,
      only,
      maxAge,
      deadlineMs: flags.deadline * 1_000,
      onStep: ({ name, ok }) => news(`sign-in, ${name}: ${ok ? "ok" : "failed"}`),
      onCheck: ({ id, title }) => news(`${id} ${title}`),
    });
    outcome(`${done.findings.length} found`);
    return done;
  });
  await writeReports(flags, opened, diagnosis);
  const conclusion = conclusionOf(diagnosis);
  const { project, stack: name, name: set } = opened.set;
  return {
    result: { set: { project, stack: name, name: set }, conclusion, ...diagnosis },
    text: diagnosisAsText(opened, diagnosis),
    exitCode: codes[conclusion],
  };
}

/** What is wrong with the causes that the command line names. */
export function wrongCauses({ explain, only = [] }: DiagnoseFlags): string | undefined {
  const ids: string[] = checks.map(({ id }) => id);
  const wrong = [...only, ...(typeof explain === "string" ? [explain] : [])].filter(
    (id) => !ids.includes(id),
  );
  if (wrong.length === 0) return undefined;
  return `there is no cause ${wrong.join(", ")}; there are ${ids.join(", ")} (with titles: --explain alone)`;
}

/** Tells the story of one cause, or lists them all. */
export function explain(cause: string | true): Answer {
  const found = checks.find(({ id }) => id === cause);
  if (found) {
    const { look: _, ...story } = found;
    return { result: { cause: story }, text: storyAsText(found), exitCode: exitCodes.ok };
  }
  const rows = checks.map(({ id, severity, member, title }) => [id, severity, member, title]);
  return {
    result: { causes: checks.map(({ look: _, ...story }) => story) },
    text: table(["CAUSE", "SEVERITY", "MEMBER", "TITLE"], rows),
    exitCode: exitCodes.ok,
  };
}

async function writeReports({ html, junit }: DiagnoseFlags, opened: OpenedSet, diagnosis: Diagnosis) {
  const { project, stack, name } = opened.set;
  if (html !== undefined) await write(html, htmlReport(opened, diagnosis, new Date()));
  if (junit !== undefined)
    await write(junit, junitReport(`amsg diagnose ${project}/${stack}/${name}`, diagnosis.checks));
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new CodedError({
      code: "REPORT_NOT_WRITTEN",
      what: "The report could not be written.",
      evidence: { file, reason: (error as NodeJS.ErrnoException).code },
      next: "Name a file in a folder that exists and may be written to.",
    });
  }
}
