import { expect } from "vitest";
import type { FaultOptions } from "../../../sandbox/faults/fault.ts";
import type { Attempt, Cell } from "../cells.ts";
import { isWrite, type Stage } from "../table.ts";

/** The operation ends well, and leaves what it should. */
export async function succeeds(attempt: Attempt, stage: Stage): Promise<void> {
  expect(await attempt.run(stage.way)).toBeUndefined();
  stage.world.sandbox.faults.allOff();
  expect(await attempt.unsettled()).toEqual({});
}

/** The operation ends with this error, and what it leaves is put in order by two runs at most. */
export async function failsWith(code: RegExp, attempt: Attempt, stage: Stage): Promise<Error | undefined> {
  const error = await attempt.run(stage.way);
  expect(error?.message).toMatch(code);
  expect(error?.message).toContain("next: ");
  await settles(attempt, stage);
  return error;
}

/** How many requests the fault has struck. */
export function struck(fault: string, { world }: Stage): number {
  return world.sandbox.faults.list().find(({ name }) => name === fault)?.on?.struck ?? 0;
}

export async function settles(attempt: Attempt, { world, way }: Stage): Promise<void> {
  world.sandbox.faults.allOff();
  way.interfere(() => undefined);
  expect(await attempt.settle()).toEqual([]);
  expect(await attempt.unsettled()).toEqual({});
}

const usual = new WeakMap<Cell, readonly string[]>();

/** What the operation sends when all is well; tried once, though several rows ask for it. */
export async function sentWhenAllIsWell(cell: Cell, stage: Stage): Promise<readonly string[]> {
  const known = usual.get(cell);
  if (known !== undefined) return known;
  await succeeds(stage.begin(cell), stage);
  const sent = [...stage.sent];
  usual.set(cell, sent);
  return sent;
}

/** The operation with a fault that strikes its requests from the n-th on. */
export function strickenAttempt(cell: Cell, stage: Stage, fault: string, options: FaultOptions): Attempt {
  const attempt = stage.begin(cell);
  stage.world.sandbox.faults.on(fault, options);
  return attempt;
}

/** Every write was sent as often as when all is well, and those that were struck and not done once more. */
export function expectNoBlindRepeat(sent: readonly string[], usual: readonly string[], again = 0): void {
  const [is, should] = [sent, usual].map((requests) => requests.filter(isWrite).length);
  expect(is).toBeLessThanOrEqual((should ?? 0) + again);
}

export const onlyFor =
  (wanted: readonly string[], reason: string) =>
  ({ operation }: Cell): string | undefined =>
    wanted.includes(operation) ? undefined : reason;
