import { expect } from "vitest";
import { type ChangeName, changes } from "../../fuzz/byHand.ts";
import type { Cell } from "../cells.ts";
import { quickly } from "../cells.ts";
import type { Row } from "../table.ts";
import { onlyFor, settles } from "./proofs.ts";

/** What people change of each member, by how the changes are called. */
const of: Record<Cell["member"], RegExp> = {
  app: /^(app|scopes|callback|OAuth|global|client secret)/,
  credential: /^credential/,
  integration: /^integration/,
  configuration: /^(configuration|draft|same settings|sign-in)/,
  deployment: /^deployment/,
};

/** In a set of one published version, pinning the oldest is no change. */
const shown = (Object.keys(changes) as ChangeName[]).filter(
  (name) => name !== "deployment with the oldest version",
);

export const byHand: Row = {
  id: "R9",
  fault: `Deleted, edited, disabled, published or marked otherwise by hand: ${shown.length} changes`,
  promise: "shown by a refresh, repaired by the next run",
  excepted: onlyFor(["read"], "what people do is met by the refresh before it"),
  async prove(cell, stage) {
    const names = shown.filter((name) => of[cell.member].test(name));
    expect(names).not.toHaveLength(0);
    for (const name of names) {
      // The whole set: what is changed in one member may show in another that refers to it.
      const attempt = stage.begin({ member: "deployment", operation: "read" });
      const { world } = stage;
      await quickly(() => changes[name]({ world, connections: world.connect(), state: attempt.state }));
      const shows = await attempt.preview().catch((error: Error) => [error.message]);
      expect([name, shows]).toEqual([name, shows.map(() => expect.stringMatching(shownAs(name)))]);
      expect(shows).not.toHaveLength(0);
      await settles(attempt, stage);
    }
  },
};

/**
 * As a change; the small engine knows no unknown values, so that what follows a client that will be made anew has none
 * to be checked.
 */
function shownAs(name: ChangeName): RegExp {
  if (name === "global OAuth settings deleted")
    return /^INPUT_REFUSED: (?=.*"clientId").*"clientSecret".*received undefined/;
  return /^(create|update) \w+$/;
}
