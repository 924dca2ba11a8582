import { expect } from "vitest";
import type { Cell } from "../cells.ts";
import { isCreation, isLook, isWrite, type Row, type Stage } from "../table.ts";
import { type Answer, type Interference, named, type Passing } from "../way.ts";
import { sentWhenAllIsWell, struck, succeeds } from "./proofs.ts";

export const staleReads: Row = {
  id: "R6",
  fault:
    "The first read does not find the object, which was just made; after each write, reads show what was before it; after a write without an answer, lists miss what was made, or reads do not find it; a state still shows an earlier Error",
  promise:
    "succeeds all the same: no twin, nothing taken for gone, for done or for failed; looks are repeated, within a limit",
  excepted: () => undefined,
  async prove(cell, stage) {
    const writes = (await sentWhenAllIsWell(cell, stage)).filter(isWrite).length;
    let served = 0;
    for (let nth = 1; nth <= writes; nth++) served += await showsWhatWas(nth, cell, stage);
    // A written credential is not read again.
    const isRead = cell.member !== "credential" || cell.operation === "delete";
    if (writes > 0 && isRead) expect(served).toBeGreaterThan(0);
    if (cell.operation !== "create") await doesNotFindAtFirst(cell, stage);
    if (cell.operation === "read" || cell.operation === "delete") return;
    if (cell.operation === "create") await missesWhatWasMade(cell, stage);
    const afterwards = cell.operation === "create" ? 2 : 1;
    if (writes >= afterwards) await doesNotFind(afterwards, cell, stage);
    if (!["app", "credential"].includes(cell.member)) await showsAnError(cell, stage);
  },
};

/**
 * Two reads after the n-th write show what was before it. A draft stays pending until the third.
 * @returns how many of them there were
 */
async function showsWhatWas(nth: number, cell: Cell, stage: Stage): Promise<number> {
  const { delays, sandbox } = stage.world;
  const usual = { ...delays };
  const attempt = stage.begin(cell);
  // Written long ago, it is active even when a draft takes an hour.
  for (const configuration of Object.values(sandbox.genesys.store.state.configurations))
    configuration.draftWrittenAt = new Date(0).toISOString();
  let looks = 0;
  stage.way.interfere(
    atWrite(nth, {
      during({ path }) {
        sandbox.faults.on("stale-reads", { count: 2 });
        if (path.endsWith("/draft") || isCreation(`POST ${path}`)) delays.draftActivationMs = 3_600_000;
      },
      afterwards(passing) {
        if (isLook(passing) && ++looks > 2) Object.assign(delays, usual);
        return undefined;
      },
    }),
  );
  try {
    expect(await attempt.run(stage.way)).toBeUndefined();
    const served = struck("stale-reads", stage);
    await succeeds(attempt, stage);
    return served;
  } finally {
    Object.assign(delays, usual);
  }
}

/** It was made, but the answer is lost, and three looks do not show it. */
async function missesWhatWasMade(cell: Cell, stage: Stage): Promise<void> {
  const { faults } = stage.world.sandbox;
  const attempt = stage.begin(cell);
  stage.way.interfere(
    atWrite(1, {
      during() {
        faults.on("lost-response", { count: 1 });
        // An app is looked for by its name, and by its mark: two reads a look.
        if (cell.member === "app") faults.on("stale-reads", { count: 6 });
        else faults.on("lists-miss-newest", { count: 3 });
      },
    }),
  );
  await succeeds(attempt, stage);
  expect(stage.sent.filter(isCreation)).toHaveLength(1);
}

/** What was made by the run before, in another process, is not there yet. */
async function doesNotFindAtFirst(cell: Cell, stage: Stage): Promise<void> {
  const attempt = stage.begin(cell);
  let looks = 0;
  if (cell.member === "credential") stage.world.sandbox.faults.on("lists-miss-newest", { count: 1 });
  stage.way.interfere((passing) => (isLook(passing) && ++looks === 1 ? notFound : undefined));
  await succeeds(attempt, stage);
  expect(looks).not.toBe(0);
}

/** A later write has no effect and no clear answer, and two looks do not find the object. */
async function doesNotFind(nth: number, cell: Cell, stage: Stage): Promise<void> {
  const { faults } = stage.world.sandbox;
  const attempt = stage.begin(cell);
  let missed = 0;
  stage.way.interfere(
    atWrite(nth, {
      during() {
        faults.on("request-timeout", { count: 1 });
        if (cell.member === "credential") faults.on("lists-miss-newest", { count: 2 });
      },
      afterwards: (passing) => (isLook(passing) && missed++ < 2 ? notFound : undefined),
    }),
  );
  await succeeds(attempt, stage);
  expect(missed).toBeGreaterThanOrEqual(2);
}

/** The first look after each write shows a failure that is over. */
async function showsAnError(cell: Cell, stage: Stage): Promise<void> {
  const attempt = stage.begin(cell);
  let isOver = true;
  let shown = 0;
  stage.way.interfere((passing) => {
    if (isWrite(named(passing))) isOver = false;
    if (isOver || !isLook(passing)) return undefined;
    isOver = true;
    shown += 1;
    return inError;
  });
  await succeeds(attempt, stage);
  expect(shown).toBeGreaterThan(0);
}

/** Does something when the n-th write passes, and something to all that pass after it. */
function atWrite(
  nth: number,
  { during, afterwards }: { during: (passing: Passing) => void; afterwards?: Interference },
): Interference {
  let writes = 0;
  return (passing) => {
    if (!isWrite(named(passing))) return writes >= nth ? afterwards?.(passing) : undefined;
    writes += 1;
    if (writes === nth) during(passing);
    return undefined;
  };
}

/** As each vendor says that there is no such object. */
function notFound(answer: Answer): Answer {
  if (answer.contentType.startsWith("text/xml"))
    return {
      ...answer,
      body: answer.body.replace(/<records[ >].*<\/records>/s, '<records xsi:nil="true"/>'),
    };
  const body = { message: "There is no such object.", code: "not.found", status: 404, contextId: "c-1" };
  return { ...answer, status: 404, body: JSON.stringify(body) };
}

const inError = (answer: Answer): Answer => ({
  ...answer,
  body: answer.body
    .replace(/"code":"[A-Z]+"/, '"code":"ERROR"')
    .replace(/"status":"(Active|Pending)"/, '"status":"Error"'),
});
