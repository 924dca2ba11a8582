import { someFor } from "../cells.ts";
import type { Row } from "../table.ts";
import { expectNoBlindRepeat, failsWith, sentWhenAllIsWell, strickenAttempt, succeeds } from "./proofs.ts";

const everywhere = ["rate-limited", "rate-limited-until-date", "rate-limited-without-retry-after"];

export const rateLimit: Row = {
  id: "R4",
  fault:
    "429 with Retry-After as seconds, as a date, without; the log-in limit as 400; REQUEST_LIMIT_EXCEEDED; a locked record",
  promise: "waits as it is told; in the end an error that says so",
  excepted: () => undefined,
  async prove(cell, stage) {
    const usual = await sentWhenAllIsWell(cell, stage);
    const own = cell.member === "app" ? "request-limit-exceeded" : "login-limit";
    for (const fault of someFor(cell, [...everywhere, own])) {
      await succeeds(strickenAttempt(cell, stage, fault, { count: 3 }), stage);
      expectNoBlindRepeat(stage.sent, usual, 3);
    }
    if (cell.member === "app" && cell.operation !== "read")
      await succeeds(strickenAttempt(cell, stage, "unable-to-lock-row", { count: 2 }), stage);
    if (cell.operation !== "create") return;
    const endless = strickenAttempt(cell, stage, "rate-limited-without-retry-after", {});
    await failsWith(/^(GENESYS_LOGIN_LIMIT|SALESFORCE_REQUEST_LIMIT): /, endless, stage);
  },
};
