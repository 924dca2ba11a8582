import { expect } from "vitest";
import type { Row } from "../table.ts";
import { expectNoBlindRepeat, sentWhenAllIsWell, strickenAttempt, succeeds } from "./proofs.ts";

export const expiredToken: Row = {
  id: "R11",
  fault: "The access token expires in mid-run, before each of the requests",
  promise: "one new log-in, one repetition",
  excepted: () => undefined,
  async prove(cell, stage) {
    const usual = await sentWhenAllIsWell(cell, stage);
    const logIns = (sent: readonly string[]) => sent.filter((request) => request.endsWith("/token")).length;
    for (let nth = 1; nth < usual.length; nth++) {
      const attempt = strickenAttempt(cell, stage, "expired-token", { nth });
      await succeeds(attempt, stage);
      expect(logIns(stage.sent)).toBeLessThanOrEqual(logIns(usual) + 1);
      expectNoBlindRepeat(stage.sent, usual, 1);
    }
  },
};
