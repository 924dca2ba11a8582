import { someFor } from "../cells.ts";
import { isWrite, type Row } from "../table.ts";
import { expectNoBlindRepeat, sentWhenAllIsWell, strickenAttempt, succeeds } from "./proofs.ts";

const faults = [
  "internal-error",
  "bad-gateway",
  "service-unavailable",
  "gateway-timeout",
  "html-answer",
  "connection-reset",
];

export const unavailable: Row = {
  id: "R5",
  fault: "500, 502, 503, 504, a reset, a proxy's web page; at the first write, or the first read",
  promise: "reads are repeated, writes after a look",
  excepted: () => undefined,
  async prove(cell, stage) {
    const usual = await sentWhenAllIsWell(cell, stage);
    const firstWrite = usual.findIndex(isWrite) + 1;
    for (const fault of someFor(cell, faults)) {
      await succeeds(strickenAttempt(cell, stage, fault, { nth: firstWrite || 2 }), stage);
      const isAnew = cell.member === "app" && cell.operation === "delete";
      if (!isAnew) expectNoBlindRepeat(stage.sent, usual, 1);
    }
  },
};
