import { expect } from "vitest";
import { changes } from "../../fuzz/byHand.ts";
import { quickly } from "../cells.ts";
import type { Row, Stage } from "../table.ts";
import { settles } from "./proofs.ts";

export const lostSecret: Row = {
  id: "R14",
  fault:
    "A secret is lost that can never be read again: with its OAuth settings, with the state, overwritten, hidden",
  promise: "shown or said, and made or written anew by the next run",
  excepted({ member, operation }) {
    const hasSecret = member === "app" || member === "credential";
    if (!hasSecret) return "it has no secret";
    return operation === "create" || operation === "read" ? undefined : "met by the refresh before it";
  },
  async prove(cell, stage) {
    if (cell.member === "app") await (cell.operation === "create" ? hidden(stage) : gone(stage));
    else await (cell.operation === "create" ? forgotten(stage) : overwritten(stage));
  },
};

/** The org does not tell the secret: that is said, and the app completed once it does. */
async function hidden(stage: Stage): Promise<void> {
  const attempt = stage.begin({ member: "app", operation: "create" });
  const salesforce = stage.world.connect().salesforce();
  const tell = (enableClientSecretInRestApiAccess: boolean) =>
    salesforce.updateMetadata("ExternalClientAppSettings", {
      fullName: "ExternalClientApp",
      enableClientSecretInRestApiAccess,
    });
  await tell(false);
  expect((await attempt.run(stage.way))?.message).toMatch(/^SALESFORCE_SECRET_HIDDEN: .*next: In Setup/s);
  expect(attempt.state.get("app")).toMatchObject({ id: "Shop_sign_in", incomplete: true });
  await tell(true);
  await settles(attempt, stage);
  expect(attempt.state.get("app")?.outputs.consumerSecret).toMatch(/\S{16,}/);
}

/** With its settings the client is gone: a new one is made, and the credential follows. */
async function gone(stage: Stage): Promise<void> {
  const attempt = stage.begin({ member: "deployment", operation: "read" });
  const before = attempt.state.get("app")?.outputs.consumerSecret;
  await byHand("global OAuth settings deleted", stage, attempt.state);
  await settles(attempt, stage);
  const after = attempt.state.get("app")?.outputs.consumerSecret;
  expect(after).not.toBe(before);
  expect(storedSecrets(stage)).toEqual([after]);
}

/** The state lost the credential: the object is found, and its secret written again, since none can be compared. */
async function forgotten(stage: Stage): Promise<void> {
  const attempt = stage.begin({ member: "credential", operation: "create" });
  expect(await attempt.run(stage.way)).toBeUndefined();
  attempt.state.delete("credential");
  stage.sent.length = 0;
  expect(await attempt.run(stage.way)).toBeUndefined();
  expect(stage.sent.filter((request) => request.startsWith("PUT"))).toHaveLength(1);
  await settles(attempt, stage);
}

async function overwritten(stage: Stage): Promise<void> {
  const attempt = stage.begin({ member: "credential", operation: "read" });
  await byHand("credential written", stage, attempt.state);
  expect(await attempt.preview()).toEqual(["update credential"]);
  await settles(attempt, stage);
  expect(storedSecrets(stage)).toEqual([attempt.state.get("app")?.outputs.consumerSecret]);
}

function byHand(
  name: keyof typeof changes,
  { world }: Stage,
  state: Parameters<(typeof changes)[typeof name]>[0]["state"],
) {
  return quickly(() => changes[name]({ world, connections: world.connect(), state }));
}

/** What Genesys holds of it, which only the sandbox can tell. */
function storedSecrets({ world }: Stage): unknown[] {
  const { credentials } = world.sandbox.genesys.store.state;
  return Object.values(credentials).map(({ fields }) => fields.clientSecret);
}
