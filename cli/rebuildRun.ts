import { join } from "node:path";
import {
  changedInPage,
  conclude,
  memberChanges,
  pageDuties,
  sentences,
} from "../operations/rebuild/conclusion.ts";
import { cureOf } from "../operations/rebuild/cure.ts";
import { RebuildStopped, type Rebuilt, rebuild, type Wish } from "../operations/rebuild/rebuild.ts";
import { writeReport } from "../operations/rebuild/report.ts";
import { replacementOf, type Step, steps } from "../operations/rebuild/steps.ts";
import { type MessagingSet, memberNames, readSet } from "../operations/stack/messagingSet.ts";
import type { StackReference } from "../operations/stack/pulumi.ts";
import { CodedError } from "../providers/errors.ts";
import type { Answer } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { stepWith } from "./progress.ts";
import { askLine } from "./prompt.ts";
import type { RebuildFlags } from "./rebuild.ts";
import { table } from "./table.ts";
import { visitorFrom } from "./visitor.ts";
import { labelled, wrapped, wrappedError } from "./wrap.ts";

/** Shows what would be done; reads the state alone. */
export async function dryRun(flags: RebuildFlags, reference: StackReference): Promise<Answer> {
  const wish = wishOf(flags);
  const set = await readSet(reference, flags.set);
  const planned = stepsOf(wish).map(({ name, title, member, follows, page }) => ({
    step: name,
    member,
    id: set.members[member]?.id,
    title,
    follows,
    page: page ?? null,
  }));
  return {
    result: { command: "rebuild", dryRun: true, wish, steps: planned },
    text: planText(wish, set),
    exitCode: exitCodes.ok,
  };
}

/** Rebuilds, writes the report, and says how to go on when it is stopped. */
export async function run(
  flags: RebuildFlags,
  reference: StackReference,
  signal: AbortSignal,
): Promise<Answer> {
  const set = await readSet(reference, flags.set);
  const visitor = await visitorFrom(flags, { set }, signal);
  if (visitor === undefined) throw new TypeError("The command line named nobody who signs in.");
  let present: Step | undefined;
  try {
    const rebuilt = await rebuild(reference, wishOf(flags), {
      set: flags.set,
      visitor,
      withinMs: flags.within === undefined ? undefined : flags.within * 1_000,
      answerDeadlineMs: flags.timeout * 1_000,
      show: stepWith(visitor),
      confirm: (wish, before) => confirm(flags, wish, before, signal),
      onStep: (taken) => {
        present = taken;
      },
    });
    return answerOf(rebuilt, flags.report);
  } catch (error) {
    if (!(error instanceof RebuildStopped)) throw error;
    console.error(howItGoesOn(error.rebuilt, present, flags));
    throw error.cause;
  }
}

function wishOf({ member, all, from }: RebuildFlags): Wish {
  if (member) return { member };
  if (all) return { all: true };
  return from ? { find: true, from } : { find: true };
}

function stepsOf(wish: Wish): readonly Step[] {
  if ("member" in wish) return [replacementOf(wish.member)];
  if ("all" in wish) return memberNames.map(replacementOf);
  return steps.slice(steps.findIndex(({ name }) => wish.from === undefined || name === wish.from));
}

function planText(wish: Wish, set: MessagingSet): string {
  const rows = stepsOf(wish).map(({ title, member, follows, page }) => [
    title,
    set.members[member]?.id ?? "missing",
    "all" in wish ? "" : follows,
    page ? `another ${page}: nobody can sign in until the page has it` : "nothing",
  ]);
  const how =
    "find" in wish
      ? "First, `pulumi up --refresh`. Then these steps, with a sign-in after each, until one works:"
      : "all" in wish
        ? "All members are taken down, then built again; sign-in fails in between:"
        : "This member is deleted, then made anew; sign-in fails in between:";
  return `${wrapped(how)}\n\n${table(["STEP", "NOW", "WHAT FOLLOWS", "IN THE PAGE"], rows)}`;
}

async function confirm({ yes }: RebuildFlags, wish: Wish, set: MessagingSet, signal: AbortSignal) {
  if (yes) return;
  if (process.stdin.isTTY) {
    console.error(`\n${planText(wish, set)}\n`);
    const said = await askLine(`Rebuild ${set.project}/${set.stack}/${set.name}? [y/N] `, signal);
    if (/^y(es)?$/i.test(said.trim())) return;
  }
  throw new CodedError({
    code: "REBUILD_NOT_CONFIRMED",
    what: "Nothing was changed: nobody agreed to it.",
    evidence: { set: `${set.project}/${set.stack}/${set.name}` },
    next: "Look at what it would do by --dry-run, then give --yes.",
  });
}

function answerOf(rebuilt: Rebuilt, wanted: string | undefined): Answer {
  const { outcome, wish, set, repaired, contract, timeline, checks } = rebuilt;
  const report = outcome === "healthy" && wanted === undefined ? undefined : reportOn(rebuilt, wanted);
  return {
    result: {
      command: "rebuild",
      outcome,
      wish,
      set,
      summary: sentences(rebuilt),
      ...conclude(rebuilt),
      cure: outcome === "cured" ? cureOf(checks) : undefined,
      repaired,
      members: memberChanges(rebuilt),
      before: checks[0],
      after: checks.at(-1),
      timeline,
      pageContract: contract,
      changedInPage: changedInPage(rebuilt),
      pageDuties: pageDuties(rebuilt),
      report,
    },
    text: [
      wrapped(...sentences(rebuilt)),
      ...dutiesOf(rebuilt),
      ...(report ? ["", `Report: ${report.markdown}`, `        ${report.html}`] : []),
    ].join("\n"),
    exitCode: outcome === "broken" ? exitCodes.signInBroken : exitCodes.ok,
  };
}

/** Without a report, which is then said: what was found and done, and what the page's owners must do, is told all the same. */
function reportOn(rebuilt: Rebuilt, wanted: string | undefined) {
  const now = new Date().toISOString().slice(0, 19).replaceAll(":", "");
  try {
    return writeReport(rebuilt, wanted ?? join("reports", `rebuild-${rebuilt.set.stack}-${now}`));
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    console.error(wrappedError(error.message));
    return undefined;
  }
}

function dutiesOf(rebuilt: Rebuilt): string[] {
  const duties = pageDuties(rebuilt);
  return duties.length > 0
    ? ["", "What the owners of the page must do:", ...duties.map((duty) => labelled("- ", duty))]
    : [];
}

/** What was done stays done, so the page's owners must know even so. */
function howItGoesOn(stopped: Rebuilt, present: Step | undefined, flags: RebuildFlags): string {
  const { stack, member, all, report } = flags;
  const ofStack = stack ? ` --stack ${stack}` : "";
  const from = present && !member && !all ? ` with --from ${present.name}` : "";
  const written = reportOn(stopped, report);
  return [
    "",
    `Stopped${present ? ` when it was to ${present.title}` : ""}. The state is Pulumi's own, nothing else is kept.`,
    `  complete what was begun:  npx pulumi up --refresh${ofStack}`,
    `  go on:                    the same command again${from}`,
    ...(written ? [`  what was done until then: ${written.markdown}`] : []),
    ...(changedInPage(stopped).length > 0 ? dutiesOf(stopped) : []),
    "",
  ].join("\n");
}
