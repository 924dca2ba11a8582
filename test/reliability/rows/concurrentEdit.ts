import { expect } from "vitest";
import type { Row } from "../table.ts";
import { failsWith, settles, strickenAttempt, succeeds } from "./proofs.ts";

export const concurrentEdit: Row = {
  id: "R8",
  fault: "Somebody else writes the same object in between",
  promise: "read again, only what is declared written, a few times at most; their other settings stay",
  excepted({ member, operation }) {
    if (operation === "read" || operation === "delete") return "neither writes settings";
    if (member === "integration" || member === "app") return undefined;
    return "its API has no versions: nothing tells that somebody wrote in between";
  },
  async prove(cell, stage) {
    const fault = cell.member === "app" ? "unable-to-lock-row" : "version-conflict";
    await succeeds(strickenAttempt(cell, stage, fault, { count: 2 }), stage);
    const endless = strickenAttempt(cell, stage, fault, {});
    await failsWith(/^(GENESYS_REQUEST_REFUSED|SALESFORCE_RECORD_LOCKED): /, endless, stage);
    if (cell.member !== "integration") return;

    const attempt = stage.begin(cell);
    let edited = 0;
    stage.way.interfere(({ method }) => {
      if (method !== "PUT" || edited > 0) return undefined;
      for (const { config } of Object.values(stage.world.sandbox.genesys.store.state.integrations)) {
        config.version += 1;
        config.advanced = { theirs: "kept" };
        edited += 1;
      }
      return undefined;
    });
    expect(await attempt.run(stage.way)).toBeUndefined();
    expect(edited).toBe(1);
    const [ours] = Object.values(stage.world.sandbox.genesys.store.state.integrations);
    expect(ours?.config.advanced).toEqual({ theirs: "kept" });
    await settles(attempt, stage);
  },
};
