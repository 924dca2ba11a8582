import { expect } from "vitest";
import { isCreation, type Row } from "../table.ts";
import { onlyFor, sentWhenAllIsWell, settles, strickenAttempt } from "./proofs.ts";

export const interrupted: Row = {
  id: "R2",
  fault: "The network is gone from the n-th request on, for each n",
  promise: "what was made is recorded as incomplete; the next run completes it",
  excepted: onlyFor(["create"], "the state has the object before and after"),
  async prove(cell, stage) {
    const usual = await sentWhenAllIsWell(cell, stage);
    const made = usual.findIndex(isCreation);
    for (const index of usual.keys()) {
      const attempt = strickenAttempt(cell, stage, "connection-reset", { nth: index + 1, count: 1_000 });
      const error = await attempt.run(stage.way);
      // A wait that ended sooner this time: the run was over before its n-th request.
      if (error === undefined && stage.sent.length <= index) continue;
      expect(error?.message).toMatch(/^(GENESYS|SALESFORCE|DISCOVERY)_\w+: .*next: /s);
      expect(attempt.state.get(cell.member)?.incomplete).toBe(index > made ? true : undefined);
      await settles(attempt, stage);
    }
  },
};
