import { expect } from "vitest";
import { isCreation, type Row } from "../table.ts";
import { onlyFor, settles } from "./proofs.ts";

export const adoption: Row = {
  id: "R1",
  fault: "The process ends after an object was made, before the state is written",
  promise:
    "the next run finds it by the owner's mark, also when the first list does not show it yet; no twin",
  excepted: onlyFor(["create"], "only a creation can be forgotten"),
  async prove(cell, stage) {
    for (const isLate of [false, true]) {
      const attempt = stage.begin(cell);
      expect(await attempt.run(stage.way)).toBeUndefined();
      attempt.state.delete(cell.member);
      stage.sent.length = 0;
      if (isLate) stage.world.sandbox.faults.on("lists-miss-newest", { nth: 1, vendor: "genesys" });
      expect(await attempt.run(stage.way)).toBeUndefined();
      expect(stage.sent.filter(isCreation)).toEqual([]);
      await settles(attempt, stage);
    }
  },
};
