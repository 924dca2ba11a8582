import { expect } from "vitest";
import { changeMarks } from "../../marks.ts";
import type { Attempt, Cell } from "../cells.ts";
import type { Row, Stage } from "../table.ts";
import { onlyFor } from "./proofs.ts";

export const sameNames: Row = {
  id: "R15",
  fault: "Another stack, or a person, has an object of the same name",
  promise:
    "refused naming the owner, or that there is none, where names are unique; elsewhere made beside it, and theirs left alone",
  excepted: onlyFor(["create"], "what is recorded is known by its id, whatever its name"),
  async prove(cell, stage) {
    for (const isByHand of [false, true]) {
      const first = stage.begin(cell);
      expect(await first.run(stage.way)).toBeUndefined();
      if (isByHand) changeMarks(stage.world.sandbox);
      await leavesAlone(first.byAnother("other/prod/messaging"), isByHand, cell, stage);
    }
  },
};

/** Theirs is as it was, whatever becomes of ours. */
async function leavesAlone(attempt: Attempt, isByHand: boolean, { member }: Cell, stage: Stage) {
  const theirs = attempt.everything();
  const error = await attempt.run(stage.way);
  const now = attempt.everything();
  if (member === "app") {
    const owner = isByHand ? "no mark: made by hand or by another tool" : "fuzz/test/messaging";
    expect(error?.message).toMatch(new RegExp(`^NAME_TAKEN: .*owner ${owner}`, "s"));
    expect(now).toEqual(theirs);
    return;
  }
  expect(error).toBeUndefined();
  const kind = `${member}s` as keyof typeof now;
  expect(now).toMatchObject({ ...theirs, [kind]: theirs[kind] });
  expect(Object.keys(now[kind])).toHaveLength(2);
  const ours = attempt.state.get(member)?.id ?? "";
  expect(Object.keys(theirs[kind])).not.toContain(ours);
}
