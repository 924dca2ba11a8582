import type { PageContract } from "../../components/pageContract.ts";
import { type MemberName, memberNames, memberTypes } from "../stack/messagingSet.ts";
import type { Check } from "./check.ts";
import { cureOf } from "./cure.ts";
import type { Rebuilt } from "./rebuild.ts";
import type { Taken } from "./search.ts";

/** A member that was at fault, or may have been, and what was done to it. */
export interface Suspect {
  member: MemberName;
  how: "repaired" | "rewritten" | "replaced";
}

/** Who was at fault, as far as it can be told. */
export interface Conclusion {
  /** Without what was done to these, sign-in failed; with it, it works. */
  culprits: Suspect[];
  /** After what was done to these, a sign-in got further than before: they were at fault as well. */
  contributors: Suspect[];
  /** What was done to these changed nothing that a sign-in shows, and may have cured another fault all the same. */
  notCleared: Suspect[];
}

/** Who was at fault. Pure. */
export function conclude({ outcome, wish, repaired, search }: Rebuilt): Conclusion {
  const drifted = repairedMembers(repaired);
  if (search === undefined) {
    const touched: Suspect[] = "member" in wish ? [{ member: wish.member, how: "replaced" }] : drifted;
    return { culprits: outcome === "cured" ? touched : [], contributors: [], notCleared: [] };
  }
  const culprits = search.culprit ? [suspectOf(search.culprit)] : [];
  const contributors = search.contributors.map(suspectOf);
  const known = [...culprits, ...contributors];
  const others = [...(search.culprit ? drifted : []), ...search.notCleared.map(suspectOf)];
  const isKnown = (suspect: Suspect) => known.some(({ member }) => member === suspect.member);
  return { culprits, contributors, notCleared: others.filter((suspect) => !isKnown(suspect)) };
}

function suspectOf({ step }: Taken<Check>): Suspect {
  return { member: step.member, how: step.way === "rewrite" ? "rewritten" : "replaced" };
}

function repairedMembers(repaired: Rebuilt["repaired"]): Suspect[] {
  const touched = memberNames.filter((member) => repaired.some(({ urn }) => isOf(member, urn)));
  return touched.map((member) => ({ member, how: "repaired" }));
}

function isOf(member: MemberName, urn: string): boolean {
  return urn.includes(`${memberTypes[member]}::`);
}

/** The conclusion in sentences. */
export function sentences(rebuilt: Rebuilt): string[] {
  const [before] = rebuilt.checks;
  switch (rebuilt.outcome) {
    case "healthy":
      return ["Sign-in works. Nothing was changed.", ...(before ? comesAndGoes(before) : [])];
    case "rebuilt":
      return ["It was rebuilt as told. Sign-in worked before, and works now."];
    case "stopped":
      return ["It was stopped before its end. What was done until then stands in the timeline."];
    case "broken":
      return ["Sign-in still fails.", ...nothingHelped(rebuilt)];
    case "cured":
      return cured(rebuilt);
  }
}

function comesAndGoes({ failures }: Check): string[] {
  if (failures === 0) return [];
  const times = failures === 1 ? "once" : `${failures} times`;
  return [
    `It failed ${times} before: a fault that comes and goes, or something that needed time to take effect.`,
  ];
}

function nothingHelped({ wish, search }: Rebuilt): string[] {
  if (search === undefined || !("find" in wish) || wish.from !== undefined) return [];
  return [
    "Every member was made anew, so the fault lies in what the members share: the discovery document, " +
      "the visitor's permission, what the program declares, or an org itself.",
  ];
}

function cured(rebuilt: Rebuilt): string[] {
  const { culprits, contributors, notCleared } = conclude(rebuilt);
  if (culprits.length === 0) {
    const why =
      "all" in rebuilt.wish
        ? "All members were made anew at once, so nobody can tell which one was at fault."
        : "Nothing had to be changed for it: it was a matter of time.";
    return [`Sign-in works again. ${why}`];
  }
  return [
    `Sign-in works again. At fault: ${named(culprits)}.`,
    ...(culprits.length > 1
      ? ["These were repaired in one go, so it may have been one of them or several: no sign-in tells."]
      : []),
    ...evidence(rebuilt),
    ...(contributors.length > 0
      ? [`At fault as well, since a sign-in got further after it: ${named(contributors)}.`]
      : []),
    ...(notCleared.length > 0
      ? [
          `Not cleared: ${named(notCleared)}. This came before the cure and changed nothing that a ` +
            "sign-in shows. If there were several faults, it may have cured one of them; no test can tell any more.",
        ]
      : []),
  ];
}

/** What speaks for the culprit, and how likely it is that time alone was the cure. */
function evidence({ checks }: Rebuilt): string[] {
  const cure = cureOf(checks);
  if (cure === undefined) return [];
  const { failed, failedForMs, gapMs, failedAfter, worked, coincidence } = cure;
  return [
    `The evidence: ${failed} sign-ins failed one after the other, over ${duration(failedForMs)}; then came the cure; then ` +
      `${worked === 1 ? "one worked" : `${worked} worked one after the other`}.` +
      (failedAfter > 0
        ? ` ${failedAfter} more failed in between: it needed time to take effect, or it was time alone.`
        : ""),
    `Time alone would look the same only if the fault had ended by itself in just the ${duration(gapMs)} between the last ` +
      `failure and the first success, of ${duration(failedForMs + gapMs)} in all: 1 in ${coincidence}.` +
      (coincidence < 10 ? " A longer --within makes that less likely." : ""),
  ];
}

/** "2 min 5 s" */
function duration(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1_000));
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return minutes === 0 ? `${rest} s` : `${minutes} min ${rest} s`;
}

/** "credential (rewritten, then replaced), ECA (replaced)": each member once. */
function named(suspects: readonly Suspect[]): string {
  const members = Map.groupBy(suspects, ({ member }) => member);
  const names = [...members].map(
    ([member, done]) => `${member} (${done.map(({ how }) => how).join(", then ")})`,
  );
  return names.join(", ");
}

/** What became of one member. */
export interface MemberChange {
  member: MemberName;
  what: "replaced" | "written" | "missing" | "untouched";
  idBefore: string | undefined;
  id: string | undefined;
}

/** Pulumi's words for making an object, in place of another or not. */
const makes = ["create", "replace", "create-replacement"];

/** What became of each member. The id of an ECA, its developer name, stays the same when it is replaced. */
export function memberChanges({ changes, idsBefore, ids }: Rebuilt): MemberChange[] {
  return memberNames.map((member) => {
    const [idBefore, id] = [idsBefore[member], ids[member]];
    const done = changes.filter(({ urn }) => isOf(member, urn));
    return { member, what: whatOf(id, done), idBefore, id };
  });
}

function whatOf(id: string | undefined, done: Rebuilt["changes"]): MemberChange["what"] {
  if (id === undefined) return "missing";
  if (done.some(({ op }) => makes.includes(op))) return "replaced";
  return done.length > 0 ? "written" : "untouched";
}

/** Values of the page contract that have become others. */
export function changedInPage({ contractBefore, contract }: Rebuilt): (keyof PageContract)[] {
  const names = Object.keys(contract) as (keyof PageContract)[];
  return names.filter((name) => JSON.stringify(contract[name]) !== JSON.stringify(contractBefore[name]));
}

/** What the owners of the web page must do. */
export function pageDuties(rebuilt: Rebuilt): string[] {
  if (rebuilt.outcome === "healthy") return [];
  const changed = changedInPage(rebuilt);
  const { contractBefore, contract } = rebuilt;
  const duties = changed.map(
    (name) =>
      `Put the new \`${name}\` into the page: \`${plain(contract[name])}\` instead of \`${plain(contractBefore[name])}\`. Until then nobody can sign in there.`,
  );
  if (changed.includes("deploymentId"))
    duties.push("Replace the messenger snippet too: the deployment id is part of it.");
  duties.push(
    "Have the page clear the messenger's conversation and tokens once (the SDK's `Messenger.clear`), or tell visitors " +
      "to sign in again: a browser that was signed in may keep tokens of the set as it was, reportedly under the key " +
      `\`_${contractBefore.deploymentId}:gcatkn\` of its local storage, and is then refused in a loop.`,
  );
  return duties;
}

function plain(value: PageContract[keyof PageContract]): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
