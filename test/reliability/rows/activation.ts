import { expect } from "vitest";
import type { Cell } from "../cells.ts";
import type { Row } from "../table.ts";
import { settles, strickenAttempt } from "./proofs.ts";

const codes: Partial<Record<Cell["member"], string>> = {
  integration: "GENESYS_INTEGRATION_ERROR",
  configuration: "GENESYS_DRAFT_ERROR",
  deployment: "GENESYS_DEPLOYMENT_ERROR",
};

export const activation: Row = {
  id: "R7",
  fault: "An activation that ends in Error, or takes longer than the wait",
  promise: "an error with the last state; the object stays recorded",
  excepted({ member, operation }) {
    if (!(member in codes)) return "app and credential are not activated";
    if (operation === "create") return undefined;
    if (operation === "update" && member !== "integration") return undefined;
    return "only a creation or a change activates; a changed configuration does not switch an integration";
  },
  async prove(cell, stage) {
    const failing = strickenAttempt(cell, stage, "activation-error", {});
    expect((await failing.run(stage.way))?.message).toMatch(new RegExp(`^${codes[cell.member]}: `));
    expect(failing.state.get(cell.member)).toMatchObject({ incomplete: true });
    await settles(failing, stage);

    const { delays } = stage.world;
    const usual = { ...delays };
    const slow = stage.begin(cell);
    const never = 3_600_000;
    Object.assign(delays, {
      integrationActivationMs: never,
      draftActivationMs: never,
      deploymentActivationMs: never,
    });
    const error = await slow.run(stage.way);
    Object.assign(delays, usual);
    expect(error?.message).toMatch(/^WAIT_TIMED_OUT: .*last state (ACTIVATING|Pending)/s);
    expect(slow.state.get(cell.member)).toMatchObject({ incomplete: true });
    // A deployment's end of activation is set when it is written.
    if (cell.member !== "deployment") await settles(slow, stage);
  },
};
