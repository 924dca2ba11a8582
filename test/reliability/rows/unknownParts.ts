import { expect } from "vitest";
import type { Cell } from "../cells.ts";
import type { Row, Stage } from "../table.ts";
import type { Answer } from "../way.ts";
import { editByAnother, expectKept, hasTheirs } from "./others.ts";
import { strickenAttempt, succeeds } from "./proofs.ts";

export const unknownParts: Row = {
  id: "R16",
  fault:
    "Answers have unknown fields, unknown states, nulls instead of nothing, entries of other kinds in lists; settings are there that the program does not declare",
  promise: "no difference, no error; what is not ours is still there when ours is written",
  excepted({ member, operation }) {
    if (operation === "create" || operation === "delete")
      return "a creation reads the same answers, and a deletion keeps nothing";
    return operation === "update" && !hasTheirs(member) ? "all of its settings are declared" : undefined;
  },
  async prove(cell, stage) {
    await (cell.operation === "read" ? read(cell, stage) : written(cell, stage));
  },
};

async function read(cell: Cell, stage: Stage): Promise<void> {
  for (const fault of ["unknown-fields", "unknown-enum-values"]) {
    const attempt = strickenAttempt(cell, stage, fault, {});
    expect(await attempt.run(stage.way)).toBeUndefined();
    expect([fault, await attempt.preview()]).toEqual([fault, []]);
    stage.world.sandbox.faults.allOff();
    expect(await attempt.unsettled()).toEqual({});
  }
  for (const change of [nullsForNothing, moreEntries]) {
    const attempt = stage.begin(cell);
    // On the way the vendors have other addresses.
    const usual = await stage.begin(cell).preview(stage.way);
    stage.way.interfere(() => change);
    expect(await attempt.run(stage.way)).toBeUndefined();
    expect([change.name, await attempt.preview(stage.way)]).toEqual([change.name, usual]);
    stage.way.interfere(() => undefined);
    expect(await attempt.unsettled()).toEqual({});
  }
}

/** The whole object is written, with what people have set in it. */
async function written(cell: Cell, stage: Stage): Promise<void> {
  const attempt = stage.begin(cell);
  editByAnother(cell.member, stage.world);
  stage.way.interfere(() => nilForNothing);
  await succeeds(attempt, stage);
  expectKept(cell.member, stage.world);
}

function nullsForNothing(answer: Answer): Answer {
  return inJson(nilForNothing(answer), nullsIn);
}

/** An entry that nobody can tell anything of but that it is there. */
function moreEntries(answer: Answer): Answer {
  const component = "<result><fullName>Another</fullName><type>OfAnotherKind</type></result>";
  return inJson(
    inSoap(
      answer,
      /(<listMetadataResponse[^>]*>)(.*)(<\/listMetadataResponse>)/s,
      `$1${component}$2${component}$3`,
    ),
    moreEntriesIn,
  );
}

/** In each record of the Metadata API, and in what is nested in it. */
function nilForNothing(answer: Answer): Answer {
  return inSoap(
    answer,
    /<(?:records xsi:type="\w+"|idTokenConfig)>/g,
    '$&<newInThisRelease xsi:nil="true"/>',
  );
}

function inSoap(answer: Answer, place: RegExp, replacement: string): Answer {
  if (!answer.contentType.startsWith("text/xml") || answer.status !== 200) return answer;
  return { ...answer, body: answer.body.replace(place, replacement) };
}

function inJson(answer: Answer, change: (value: unknown) => unknown): Answer {
  if (!answer.contentType.startsWith("application/json") || answer.status !== 200) return answer;
  return { ...answer, body: JSON.stringify(change(JSON.parse(answer.body))) };
}

function nullsIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nullsIn);
  if (typeof value !== "object" || value === null) return value === "" ? null : value;
  const members = Object.entries(value).map(([name, member]) => [name, nullsIn(member)]);
  return { ...Object.fromEntries(members), newInThisRelease: null };
}

function moreEntriesIn(value: unknown): unknown {
  const { entities } = (value ?? {}) as { entities?: object[] };
  if (entities === undefined) return value;
  const other = { id: "of-another-kind", name: "Another", version: "Preview", intendedState: "PAUSED" };
  return { ...(value as object), entities: [other, ...entities, other] };
}
