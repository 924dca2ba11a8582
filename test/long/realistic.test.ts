import { expect, test } from "vitest";
import { signIn } from "../../operations/signIn/signIn.ts";
import { visitor } from "../../sandbox/accounts.ts";
import { realisticDelays } from "../../sandbox/delays.ts";
import { sitePath } from "../../sandbox/salesforce/loginHost.ts";
import { startOrgs } from "../providers/sandboxSet.ts";
import {
  createSet,
  pageContractOf,
  refreshSet,
  removeSet,
  replaceMember,
  updateSet,
} from "../providers/wholeSet.ts";

const deadlineMs = 120_000;

test("in the realistic profile a set is made, proven, changed, renewed member by member, and removed", {
  timeout: 10 * 60_000,
}, async () => {
  const { sandbox, connections } = await startOrgs({ delays: realisticDelays });
  const set = await createSet(connections, { loginHost: sandbox.salesforceUrl + sitePath });
  await eventually(() => signIn(pageContractOf(set), visitor));
  const asDeclared = () => eventually(async () => expect(await refreshSet(set)).toEqual({}));
  await updateSet(set);
  await asDeclared();
  for (const member of ["app", "credential", "integration", "configuration", "deployment"] as const) {
    await replaceMember(set, member);
  }
  await asDeclared();
  await eventually(() => signIn(pageContractOf(set), visitor));
  await removeSet(set);
});

/** A new client has to spread, and reads lag behind. */
async function eventually(work: () => Promise<unknown>): Promise<void> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
