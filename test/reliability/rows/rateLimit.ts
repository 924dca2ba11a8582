import { expect } from "vitest";
import { type Cell, someFor } from "../cells.ts";
import { isWrite, type Row, type Stage } from "../table.ts";
import type { Answer } from "../way.ts";
import { expectNoBlindRepeat, failsWith, sentWhenAllIsWell, strickenAttempt, succeeds } from "./proofs.ts";

/** How often the same request is refused. */
const strikes = 2;

const everywhere = ["rate-limited", "rate-limited-until-date", "rate-limited-without-retry-after"];

export const rateLimit: Row = {
  id: "R4",
  fault:
    "429 with Retry-After as seconds, as a date, without; the log-in limit as 400; REQUEST_LIMIT_EXCEEDED; a locked record; at the log-in, the first read and the first write",
  promise:
    "sent again after the pause that the vendor asks for; where none is asked for, after half a second and then longer; after 5 minutes at most an error that says so",
  excepted: () => undefined,
  async prove(cell, stage) {
    const usual = await sentWhenAllIsWell(cell, stage);
    const places = placesIn(usual, cell);
    for (const { match, faults } of places) {
      for (const fault of someFor(cell, faults)) {
        expect([fault, match, await pausesAfter(fault, match, cell, stage)]).toEqual([
          fault,
          match,
          "as told",
        ]);
        expectNoBlindRepeat(stage.sent, usual, strikes);
      }
    }
    if (cell.operation !== "create") return;
    for (const { match } of someFor(cell, places)) await givesUp(match, cell, stage);
  },
};

/** Where the operation is refused, as the sandbox's faults name it, and how. */
function placesIn(usual: readonly string[], { member }: Cell) {
  const write = usual.find(isWrite)?.split(" ")[0];
  if (member !== "app") {
    return [
      { match: "POST /oauth", faults: [...everywhere, "login-limit"] },
      { match: "GET /api", faults: everywhere },
      ...(write ? [{ match: `${write} /api`, faults: everywhere }] : []),
    ];
  }
  const limit = "request-limit-exceeded";
  return [
    { match: "POST /services/oauth2", faults: everywhere },
    { match: "readMetadata", faults: [limit, ...everywhere] },
    ...(write ? [{ match: write, faults: ["unable-to-lock-row", ...everywhere.slice(1), limit] }] : []),
  ];
}

/** What the operation that succeeds in the end does after a refusal: "as told", or how long its pauses are. */
async function pausesAfter(fault: string, match: string, cell: Cell, stage: Stage) {
  const attempt = strickenAttempt(cell, stage, fault, { match, count: strikes });
  let before: number | undefined;
  stage.way.interfere(({ operation }) => (answer) => {
    // A record that is locked is told of in an answer that is none of a failure.
    const isRefusal = answer.status >= 400 || (fault === "unable-to-lock-row" && operation === match);
    if (isRefusal) before ??= attempt.pauses.length;
    return later(answer);
  });
  await succeeds(attempt, stage);
  const pauses = attempt.pauses.slice(before, (before ?? Infinity) + strikes);
  const isTold = pauses.length === strikes && pauses.every(asTold(fault, match));
  return isTold ? "as told" : pauses;
}

/** Whether a pause of so many milliseconds is what the vendor asked for. */
function asTold(fault: string, match: string): (pause: number) => boolean {
  if (fault === "rate-limited") return (pause) => pause === 1_000;
  if (fault === "rate-limited-until-date") return (pause) => pause > 15_000 && pause <= 30_000;
  // Genesys' limit of log-ins is one by the minute: there is no sense in trying at once.
  if (match === "POST /oauth") return (pause) => pause === 5_000;
  return (pause) => pause >= 500 && pause <= 1_250;
}

/** Refused for good. */
async function givesUp(match: string, cell: Cell, stage: Stage): Promise<void> {
  const attempt = strickenAttempt(cell, stage, "rate-limited-until-date", { match });
  stage.way.interfere(() => later);
  await failsWith(/^(GENESYS_(LOGIN|RATE)_LIMIT|SALESFORCE_REQUEST_LIMIT): /, attempt, stage);
  expect(attempt.waitedMs).toBeGreaterThan(120_000);
  expect(attempt.waitedMs).toBeLessThanOrEqual(300_000);
}

/** The sandbox names a date so near that a slow machine is there before it has read it: half a minute more. */
function later(answer: Answer): Answer {
  const { retryAfter } = answer;
  if (retryAfter === undefined || /^\d+$/.test(retryAfter)) return answer;
  return { ...answer, retryAfter: new Date(Date.now() + 30_000).toUTCString() };
}
