import { expect } from "vitest";
import type { Row } from "../table.ts";
import { onlyFor, settles, strickenAttempt } from "./proofs.ts";

export const staleReads: Row = {
  id: "R6",
  fault: "A read shows what was before the last write; a list misses the newest object",
  promise: "no twin, nothing taken for gone; looks are repeated, within a limit",
  excepted: onlyFor(
    ["create", "update", "delete"],
    "the sandbox's reads are stale for the writes of a run alone",
  ),
  async prove(cell, stage) {
    for (const fault of ["stale-reads", "lists-miss-newest"]) {
      for (const nth of [1, 2, 3]) {
        const attempt = strickenAttempt(cell, stage, fault, { nth });
        const error = await attempt.run(stage.way);
        if (error) expect(error.message).toMatch(/^[A-Z_]+: .*next: /s);
        await settles(attempt, stage);
      }
    }
  },
};
