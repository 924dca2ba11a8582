import { expect } from "vitest";
import { isCreation, isWrite, type Row } from "../table.ts";
import { expectNoBlindRepeat, onlyFor, sentWhenAllIsWell, strickenAttempt, succeeds } from "./proofs.ts";

/** By fault: whether the vendor did what it was asked for. */
const faults = {
  "lost-response": true,
  "truncated-body": true,
  "request-timeout": false,
  "connection-reset": false,
};

export const lostAnswer: Row = {
  id: "R3",
  fault: "A write is done but its answer lost, or it ends in 408 or a reset",
  promise: "looked for before anything is repeated; done once",
  excepted: onlyFor(["create", "update", "delete"], "a read may be repeated"),
  async prove(cell, stage) {
    const usual = await sentWhenAllIsWell(cell, stage);
    const nth = usual.findIndex(isWrite) + 1;
    for (const [fault, isDone] of Object.entries(faults)) {
      const attempt = strickenAttempt(cell, stage, fault, { nth });
      await succeeds(attempt, stage);
      expect(stage.sent.filter(isCreation).length).toBeLessThanOrEqual(isDone ? 1 : 2);
      // No look tells which secret a credential has: it is written again, which does no harm. Nor does a deletion at
      // Salesforce that begins anew.
      const isAnew = cell.member === "app" && cell.operation === "delete";
      const isDoubtful = cell.member === "credential" && cell.operation !== "delete";
      if (!isAnew) expectNoBlindRepeat(stage.sent, usual, isDone && !isDoubtful ? 0 : 1);
      // Whatever is written next comes after a look.
      expect(isWrite(stage.sent[nth] ?? "GET")).toBe(false);
    }
  },
};
