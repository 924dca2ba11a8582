import { expect } from "vitest";
import type { Row } from "../table.ts";
import type { Answer } from "../way.ts";
import { onlyFor, strickenAttempt } from "./proofs.ts";

export const unknownParts: Row = {
  id: "R16",
  fault:
    "Answers have unknown fields, unknown states, nulls instead of nothing, entries of other kinds in lists",
  promise: "no difference, no error; what is not ours is kept",
  excepted: onlyFor(["read"], "writes read the same answers, and wait for states that they know"),
  async prove(cell, stage) {
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
      stage.way.interfere(() => (answer) => inJson(answer, change));
      expect(await attempt.run(stage.way)).toBeUndefined();
      expect([change.name, await attempt.preview(stage.way)]).toEqual([change.name, usual]);
      stage.way.interfere(() => undefined);
      expect(await attempt.unsettled()).toEqual({});
    }
  },
};

function inJson(answer: Answer, change: (value: unknown) => unknown): Answer {
  if (!answer.contentType.startsWith("application/json") || answer.status !== 200) return answer;
  return { ...answer, body: JSON.stringify(change(JSON.parse(answer.body))) };
}

function nullsForNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nullsForNothing);
  if (typeof value !== "object" || value === null) return value === "" ? null : value;
  const members = Object.entries(value).map(([name, member]) => [name, nullsForNothing(member)]);
  return { ...Object.fromEntries(members), newInThisRelease: null };
}

/** An entry that nobody can tell anything of but that it is there. */
function moreEntries(value: unknown): unknown {
  const { entities } = (value ?? {}) as { entities?: object[] };
  if (entities === undefined) return value;
  const other = { id: "of-another-kind", name: "Another", version: "Preview", intendedState: "PAUSED" };
  return { ...(value as object), entities: [other, ...entities, other] };
}
