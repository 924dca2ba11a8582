import { expect } from "vitest";
import { type ChangeName, changes } from "../../fuzz/byHand.ts";
import { type Cell, quickly } from "../cells.ts";
import { isLook, isWrite, type Row, type Stage } from "../table.ts";
import { named } from "../way.ts";
import { onlyFor, sentWhenAllIsWell, strickenAttempt, succeeds } from "./proofs.ts";

export const deletion: Row = {
  id: "R10",
  fault:
    "A deletion meets not-found at once, refusal because of a use that ends after 20 seconds, an object that lingers, 408",
  promise:
    "not-found is done; a use is waited for, and what belongs to an app removed before it; what can still be read, or 408, is not gone, and nothing can be read when it returns",
  excepted: onlyFor(["delete"], "it is about deletions"),
  async prove(cell, stage) {
    await isGoneBefore(cell, stage);
    await lingers(cell, stage);
    await isLate(cell, stage);
    await isUsed(cell, stage);
  },
};

async function isGoneBefore(cell: Cell, stage: Stage): Promise<void> {
  const attempt = stage.begin(cell);
  const person = { world: stage.world, connections: stage.world.connect(), state: attempt.state };
  await quickly(() => changes[`${cell.member} deleted` as ChangeName](person));
  await succeeds(attempt, stage);
}

/** It can be read until the third look. */
async function lingers(cell: Cell, stage: Stage): Promise<void> {
  const forLong = { milliseconds: 3_600_000 };
  const attempt = strickenAttempt(cell, stage, "lingering-delete", forLong);
  let isDeleted = false;
  let looks = 0;
  stage.way.interfere((passing) => {
    isDeleted ||= isWrite(named(passing));
    if (isDeleted && isLook(passing) && ++looks === 3) stage.world.sandbox.faults.off("lingering-delete");
    return undefined;
  });
  expect(await attempt.run(stage.way)).toBeUndefined();
  expect(await attempt.isReadable()).toBe(false);
  expect(await attempt.unsettled()).toEqual({});
}

async function isLate(cell: Cell, stage: Stage): Promise<void> {
  const usual = await sentWhenAllIsWell(cell, stage);
  const nth = usual.findIndex(isWrite) + 1;
  await succeeds(strickenAttempt(cell, stage, "request-timeout", { nth }), stage);
  expect(stage.sent.filter(isWrite).length).toBeGreaterThan(usual.filter(isWrite).length);
}

async function isUsed(cell: Cell, stage: Stage): Promise<void> {
  const usedMs = 20_000;
  const attempt = strickenAttempt(cell, stage, "delete-refused", {});
  const refusing = { status: 409, contentType: "application/json", body: inUse };
  stage.way.interfere(({ method }) =>
    method === "DELETE" && attempt.waitedMs < usedMs ? refusing : undefined,
  );
  await succeeds(attempt, stage);
  if (cell.member !== "app") expect(attempt.waitedMs).toBeGreaterThanOrEqual(usedMs);
}

const inUse = JSON.stringify({
  message: "It is in use by another object.",
  code: "in.use",
  contextId: "c-1",
});
