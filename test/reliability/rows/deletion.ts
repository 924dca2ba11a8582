import { expect } from "vitest";
import { type ChangeName, changes } from "../../fuzz/byHand.ts";
import { quickly } from "../cells.ts";
import { isWrite, type Row } from "../table.ts";
import { onlyFor, sentWhenAllIsWell, strickenAttempt, succeeds } from "./proofs.ts";

export const deletion: Row = {
  id: "R10",
  fault:
    "A deletion meets not-found at once, refusal because of a use that ends, an object that lingers, 408",
  promise: "not-found is done; a use is waited for; what can still be read, or 408, is not gone",
  excepted: onlyFor(["delete"], "it is about deletions"),
  async prove(cell, stage) {
    const usual = await sentWhenAllIsWell(cell, stage);
    const gone = stage.begin(cell);
    const person = { world: stage.world, connections: stage.world.connect(), state: gone.state };
    await quickly(() => changes[`${cell.member} deleted` as ChangeName](person));
    await succeeds(gone, stage);

    await succeeds(strickenAttempt(cell, stage, "lingering-delete", { milliseconds: 20 }), stage);
    const late = strickenAttempt(cell, stage, "request-timeout", { nth: usual.findIndex(isWrite) + 1 });
    await succeeds(late, stage);
    expect(stage.sent.filter(isWrite).length).toBeGreaterThan(usual.filter(isWrite).length);

    const used = stage.begin(cell);
    let refusals = 0;
    const refusing = { status: 409, contentType: "application/json", body: inUse };
    stage.way.interfere(({ method }) => (method === "DELETE" && refusals++ < 2 ? refusing : undefined));
    stage.world.sandbox.faults.on("delete-refused");
    await succeeds(used, stage);
    if (cell.member !== "app") expect(refusals).toBe(3);
  },
};

const inUse = JSON.stringify({
  message: "It is in use by another object.",
  code: "in.use",
  contextId: "c-1",
});
