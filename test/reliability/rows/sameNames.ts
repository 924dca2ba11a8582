import { expect } from "vitest";
import type { Row } from "../table.ts";
import { onlyFor } from "./proofs.ts";

export const sameNames: Row = {
  id: "R15",
  fault: "Another stack, or a person, has an object of the same name",
  promise: "refused naming the owner where names are unique; elsewhere made beside it, and theirs left alone",
  excepted: onlyFor(["create"], "what is recorded is known by its id, whatever its name"),
  async prove(cell, stage) {
    const attempt = stage.begin(cell);
    expect(await attempt.run(stage.way)).toBeUndefined();
    const theirs = attempt.everything();
    const error = await attempt.byAnother("other/prod/messaging").run(stage.way);
    if (cell.member === "app") {
      expect(error?.message).toMatch(/^NAME_TAKEN: .*owner fuzz\/test\/messaging/s);
      expect(attempt.everything()).toEqual(theirs);
      return;
    }
    expect(error).toBeUndefined();
    const now = attempt.everything();
    for (const kind of ["credentials", "integrations", "configurations", "deployments"] as const)
      expect(now[kind]).toMatchObject(theirs[kind]);
    expect(JSON.stringify(now).split("other/prod/messaging")).not.toHaveLength(1);
  },
};
