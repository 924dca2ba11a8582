import { expect } from "vitest";
import { type Cell, someFor } from "../cells.ts";
import { isCreation, isWrite, type Row, type Stage } from "../table.ts";
import { type Answer, named } from "../way.ts";
import { expectNoBlindRepeat, onlyFor, sentWhenAllIsWell, succeeds } from "./proofs.ts";

/** What becomes of a write that was done: a fault of the sandbox, or another answer. */
const done = ["lost-response", timedOut(408), "truncated-body", timedOut(504), "silence"] as const;
const notDone = ["request-timeout", "connection-reset"] as const;

type Loss = (typeof done)[number] | (typeof notDone)[number];

export const lostAnswer: Row = {
  id: "R3",
  fault:
    "Each write in turn: done but its answer lost, broken off, 408, 504 or never there; or not done, and 408 or a reset",
  promise: "looked for before anything is repeated; done once, and no version published twice",
  excepted: onlyFor(["create", "update", "delete"], "a read may be repeated"),
  async prove(cell, stage) {
    const usual = await sentWhenAllIsWell(cell, stage);
    const publications = usual.filter((request) => request.endsWith("/publish")).length;
    for (const nth of usual.filter(isWrite).keys()) {
      for (const loss of someFor(cell, done, nth)) {
        const versions = await loseNth(nth, loss, cell, stage);
        expect(stage.sent.filter(isCreation).length).toBeLessThanOrEqual(1);
        expectNoBlindRepeat(stage.sent, usual, again(cell, nth, true));
        expect(versions).toBeLessThanOrEqual(publications);
      }
      for (const loss of someFor(cell, notDone, nth)) {
        const versions = await loseNth(nth, loss, cell, stage);
        expectNoBlindRepeat(stage.sent, usual, again(cell, nth, false));
        expect(versions).toBeLessThanOrEqual(publications);
      }
    }
  },
};

/**
 * The operation ends well though its n-th write is stricken, and looks before it writes anything else.
 * @returns how many versions it published
 */
async function loseNth(nth: number, loss: Loss, cell: Cell, stage: Stage): Promise<number> {
  const attempt = stage.begin(cell);
  const versionsBefore = publishedVersions(stage);
  let writes = 0;
  let struckAt = -1;
  stage.way.interfere((passing) => {
    if (!isWrite(named(passing)) || writes++ !== nth) return undefined;
    struckAt = stage.sent.length - 1;
    if (loss === "silence") return () => "silence";
    if (typeof loss === "function") return loss;
    stage.world.sandbox.faults.on(loss, { count: 1 });
    return undefined;
  });
  await succeeds(attempt, stage);
  expect(struckAt).toBeGreaterThan(0);
  expect(isWrite(stage.sent[struckAt + 1] ?? "GET")).toBe(false);
  return publishedVersions(stage) - versionsBefore;
}

/**
 * How many writes may come twice: what was not done. No look tells which secret a credential has: it is written again,
 * which does no harm; nor does a deletion at Salesforce that begins anew.
 */
function again({ member, operation }: Cell, nth: number, isDone: boolean): number {
  if (operation === "delete" && member === "app") return nth + 1;
  const isDoubtful = operation !== "delete" && member === "credential";
  return isDone && !isDoubtful ? 0 : 1;
}

/** Something on the way does not wait for the vendor any longer. */
function timedOut(status: number): (answer: Answer) => Answer {
  return () => ({ status, contentType: "text/html", body: "<html><h1>Timed out</h1></html>" });
}

function publishedVersions({ world }: Stage): number {
  const { configurations } = world.sandbox.genesys.store.state;
  return Object.values(configurations).reduce((sum, { published }) => sum + published.length, 0);
}
