import { expect } from "vitest";
import { isCreation, type Row } from "../table.ts";
import { onlyFor, settles, struck } from "./proofs.ts";

export const adoption: Row = {
  id: "R1",
  fault: "The process ends after an object was made, before the state is written",
  promise:
    "the next run finds it by the owner's mark, also when the first list does not show it yet, an app when list and queries do not show its record; no twin",
  excepted: onlyFor(["create"], "only a creation can be forgotten"),
  async prove(cell, stage) {
    for (const isLate of [false, true]) {
      const attempt = stage.begin(cell);
      expect(await attempt.run(stage.way)).toBeUndefined();
      attempt.state.delete(cell.member);
      stage.sent.length = 0;
      // An app is known by its name; what lists and queries tell are its record and its policies.
      const count = cell.member === "app" ? 3 : 1;
      if (isLate) stage.world.sandbox.faults.on("lists-miss-newest", { count });
      expect(await attempt.run(stage.way)).toBeUndefined();
      expect(stage.sent.filter(isCreation)).toEqual([]);
      if (isLate) expect(struck("lists-miss-newest", stage)).toBe(count);
      await settles(attempt, stage);
    }
  },
};
