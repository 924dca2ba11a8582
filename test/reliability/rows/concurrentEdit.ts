import { types } from "authenticated-messaging-providers/salesforce/metadata.ts";
import { expect } from "vitest";
import type { Attempt, Cell } from "../cells.ts";
import type { Row, Stage } from "../table.ts";
import { editByAnother, expectKept } from "./others.ts";
import { failsWith, strickenAttempt, succeeds } from "./proofs.ts";

/** How Genesys may say it; no source tells which of them it is. */
const refusals = {
  "by its status": { status: 409, code: "general.conflict", message: "Somebody else has saved it." },
  "by its text": { status: 400, code: "bad.request", message: "3 does not match the current version 4." },
};

export const concurrentEdit: Row = {
  id: "R8",
  fault:
    "Somebody else writes the same object in between: 409, or 400 with a text that says so; or the record is locked",
  promise: "read again, only what is declared written, a few times at most; their other settings stay",
  excepted({ member, operation }) {
    if (operation === "read" || operation === "delete") return "it writes no settings";
    const isAmended = member === "integration" || member === "app" || operation === "update";
    return isAmended ? undefined : "it is made by one request, before which it was not there";
  },
  async prove(cell, stage) {
    if (cell.member === "app") return lockedRecord(cell, stage);
    for (const refusal of Object.values(refusals)) {
      const { attempt, refusedSoFar } = refused(cell, stage, 2, refusal);
      await succeeds(attempt, stage);
      expect(refusedSoFar()).toBe(2);
    }
    const { attempt, refusedSoFar } = refused(cell, stage, Infinity, refusals["by its text"]);
    await failsWith(/^GENESYS_REQUEST_REFUSED: /, attempt, stage);
    expect(refusedSoFar()).toBe(4);
    await theirsStay(cell, stage);
  },
};

/** Its first writes of settings are refused, and not done. */
function refused(
  cell: Cell,
  stage: Stage,
  times: number,
  { status, ...refusal }: (typeof refusals)["by its text"],
): { attempt: Attempt; refusedSoFar: () => number } {
  const attempt = stage.begin(cell);
  let count = 0;
  const body = JSON.stringify({ ...refusal, status, contextId: "c-1" });
  stage.way.interfere(({ method }) => {
    if (method !== "PUT" || count === times) return undefined;
    count += 1;
    return { status, contentType: "application/json", body };
  });
  return { attempt, refusedSoFar: () => count };
}

/** Between our look and our write, somebody sets what we do not declare. */
async function theirsStay(cell: Cell, stage: Stage): Promise<void> {
  const attempt = stage.begin(cell);
  let edits = 0;
  const body = JSON.stringify({ ...refusals["by its status"], contextId: "c-1" });
  stage.way.interfere(({ method }) => {
    if (method !== "PUT" || edits++ > 0) return undefined;
    editByAnother(cell.member, stage.world);
    // The sandbox itself notices it where there is a version.
    for (const { config } of Object.values(stage.world.sandbox.genesys.store.state.integrations))
      config.version += 1;
    return cell.member === "integration" ? undefined : { status: 409, contentType: "application/json", body };
  });
  await succeeds(attempt, stage);
  expect(edits).toBe(2);
  expectKept(cell.member, stage.world);
}

/** Salesforce has no versions, but locks what somebody is writing. */
async function lockedRecord(cell: Cell, stage: Stage): Promise<void> {
  await succeeds(strickenAttempt(cell, stage, "unable-to-lock-row", { count: 2 }), stage);
  await failsWith(
    /^SALESFORCE_RECORD_LOCKED: /,
    strickenAttempt(cell, stage, "unable-to-lock-row", {}),
    stage,
  );
  if (cell.operation === "create") return;
  for (const component of [types.app, types.oauth, types.global, types.policies]) {
    const attempt = stage.begin(cell);
    let writes = 0;
    stage.way.interfere(({ operation, about }) => {
      if (operation !== "updateMetadata" || about !== component || writes++ > 0) return undefined;
      editByAnother(cell.member, stage.world, component);
      stage.world.sandbox.faults.on("unable-to-lock-row", { count: 1 });
      return undefined;
    });
    await succeeds(attempt, stage);
    expect(writes).toBe(2);
    expectKept(cell.member, stage.world, component);
  }
}
