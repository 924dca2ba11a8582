import { join } from "node:path";
import { changedInPage, conclude, pageDuties, sentences } from "../operations/rebuild/conclusion.ts";
import { type Rebuilt, rebuild, type Wish } from "../operations/rebuild/rebuild.ts";
import { writeReport } from "../operations/rebuild/report.ts";
import { replacementOf, type Step, steps } from "../operations/rebuild/steps.ts";
import { type MessagingSet, memberNames, readSet } from "../operations/stack/messagingSet.ts";
import type { StackReference } from "../operations/stack/pulumi.ts";
import { CodedError } from "../providers/errors.ts";
import type { Answer } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { step } from "./progress.ts";
import { askLine } from "./prompt.ts";
import type { RebuildFlags } from "./rebuild.ts";
import { table } from "./table.ts";
import { visitorFrom } from "./visitor.ts";

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
  let begun = false;
  let present: Step | undefined;
  try {
    const rebuilt = await rebuild(reference, wishOf(flags), {
      set: flags.set,
      visitor,
      withinMs: flags.within === undefined ? undefined : flags.within * 1_000,
      show: step,
      confirm: async (wish, before) => {
        await confirm(flags, wish, before, signal);
        begun = true;
      },
      onStep: (taken) => {
        present = taken;
      },
    });
    return answerOf(rebuilt, flags.report);
  } catch (error) {
    if (begun) console.error(howItGoesOn(present, flags));
    throw error;
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
    page ? `another ${page}: the page must follow` : "nothing",
  ]);
  const how =
    "find" in wish
      ? "First, `pulumi up --refresh`. Then these steps, with a sign-in after each, until one works:"
      : "all" in wish
        ? "All members are taken down, then built again; sign-in fails in between:"
        : "This member is deleted, then made anew; sign-in fails in between:";
  return `${how}\n\n${table(["STEP", "NOW", "WHAT FOLLOWS", "IN THE PAGE"], rows)}`;
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
  const { outcome, wish, set, repaired, contract, timeline, before, after } = rebuilt;
  const file =
    wanted ??
    join("reports", `rebuild-${set.stack}-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}`);
  const report = outcome === "healthy" && wanted === undefined ? undefined : writeReport(rebuilt, file);
  const duties = pageDuties(rebuilt);
  const text = [
    ...sentences(rebuilt),
    ...(duties.length > 0
      ? ["", "What the owners of the page must do:", ...duties.map((duty) => `- ${duty}`)]
      : []),
    ...(report ? ["", `Report: ${report.markdown}`, `        ${report.html}`] : []),
  ];
  return {
    result: {
      command: "rebuild",
      outcome,
      wish,
      set,
      ...conclude(rebuilt),
      repaired,
      before,
      after,
      timeline,
      pageContract: contract,
      changedInPage: changedInPage(rebuilt),
      pageDuties: duties,
      report,
    },
    text: text.join("\n"),
    exitCode: outcome === "broken" ? exitCodes.signInBroken : exitCodes.ok,
  };
}

function howItGoesOn(present: Step | undefined, { stack, member, all }: RebuildFlags): string {
  const ofStack = stack ? ` --stack ${stack}` : "";
  const from = present && !member && !all ? ` with --from ${present.name}` : "";
  return `
Stopped${present ? ` when it was to ${present.title}` : ""}. The state is Pulumi's own, nothing else is kept.
  complete what was begun:  npx pulumi up --refresh${ofStack}
  go on:                    the same command again${from}`;
}
