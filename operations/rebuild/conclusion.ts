import type { PageContract } from "../../components/pageContract.ts";
import { type MemberName, memberNames, memberTypes } from "../stack/messagingSet.ts";
import type { Check, Rebuilt } from "./rebuild.ts";
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
export function conclude({ outcome, repaired, search }: Rebuilt): Conclusion {
  const drifted = repairedMembers(repaired);
  if (search === undefined) {
    return { culprits: outcome === "cured" ? drifted : [], contributors: [], notCleared: [] };
  }
  const culprits = search.culprit ? [suspectOf(search.culprit)] : [];
  const contributors = search.contributors.map(suspectOf);
  const known = [...culprits, ...contributors];
  const others = [...(search.culprit ? drifted : []), ...search.notCleared.map(suspectOf)];
  const isKnown = (suspect: Suspect) =>
    known.some(({ member, how }) => member === suspect.member && how === suspect.how);
  return { culprits, contributors, notCleared: others.filter((suspect) => !isKnown(suspect)) };
}

function suspectOf({ step }: Taken<Check>): Suspect {
  return { member: step.member, how: step.way === "rewrite" ? "rewritten" : "replaced" };
}

function repairedMembers(repaired: Rebuilt["repaired"]): Suspect[] {
  const touched = memberNames.filter((member) =>
    repaired.some(({ urn }) => urn.includes(`${memberTypes[member]}::`)),
  );
  return touched.map((member) => ({ member, how: "repaired" }));
}

/** The conclusion in sentences. */
export function sentences(rebuilt: Rebuilt): string[] {
  const { culprits, contributors, notCleared } = conclude(rebuilt);
  if (rebuilt.outcome === "healthy") return ["Sign-in works. Nothing was changed."];
  if (rebuilt.outcome === "rebuilt") return ["It was rebuilt as told. Sign-in worked before, and works now."];
  if (rebuilt.outcome === "broken") {
    return [
      "Sign-in still fails.",
      ...(rebuilt.search && "find" in rebuilt.wish && rebuilt.wish.from === undefined
        ? [
            "Every member was made anew, so the fault lies in what the members share: the discovery document, " +
              "the visitor's permission, what the program declares, or an org itself.",
          ]
        : []),
    ];
  }
  const told = culprits.map(nameOf).join(", ");
  return [
    told ? `Sign-in works again. At fault: ${told}.` : "Sign-in works again.",
    ...(culprits.length === 0 && "find" in rebuilt.wish
      ? ["Nothing had to be changed for it: it was a matter of time."]
      : []),
    ...(contributors.length > 0
      ? [`At fault as well, since a sign-in got further after it: ${contributors.map(nameOf).join(", ")}.`]
      : []),
    ...(notCleared.length > 0
      ? [
          `Not cleared: ${notCleared.map(nameOf).join(", ")}. This came before the cure and changed nothing that a ` +
            "sign-in shows. If there were several faults, it may have cured one of them; no test can tell any more.",
        ]
      : []),
  ];
}

/** "credential (replaced)" */
export function nameOf({ member, how }: Suspect): string {
  return `${member} (${how})`;
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
