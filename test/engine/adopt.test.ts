import { expect, test } from "vitest";
import { connectionsTo } from "../connections.ts";
import { changeMarks } from "../marks.ts";
import { createSet } from "../providers/wholeSet.ts";
import { expectNoDrift, expectSignIn, namesOf } from "./drift.ts";
import { openStack, printed, succeeded } from "./stack.ts";
import { logIns, oneSet, sets, settingsFor, startVendors } from "./vendors.ts";

const vendors = await startVendors();
const byHand = await createSet(connectionsTo(vendors));
const adopt = {
  externalClientApp: byHand.app.id(),
  credential: byHand.credential.id(),
  integration: byHand.integration.id(),
  configuration: byHand.configuration.id(),
  deployment: byHand.deployment.id(),
};
const settings = { ...settingsFor(vendors), developerName: adopt.externalClientApp };
const stack = await openStack({ host: "own", settings: { ...settings, adopt }, environment: logIns });

const ids = async () => {
  const resources = await stack.resources();
  const members = resources.filter(({ urn }) => /[:$]pulumi-nodejs:\w+:\w+::/.test(urn));
  return members.map(({ id }) => id).toSorted();
};

test("a preview refuses a set with somebody else's mark, and names the owner", async () => {
  changeMarks(vendors, "other/prod/messaging");
  const before = vendors.everything();
  const run = await stack.preview();
  expect(run.code).not.toBe(0);
  expect(printed(run)).toMatch(/ADOPT_FOREIGN: [\s\S]*owner other\/prod\/messaging/);
  expect(vendors.everything()).toEqual(before);
});

test("a preview tells what up will write, and writes nothing", async () => {
  changeMarks(vendors);
  const before = vendors.everything();
  const run = await succeeded(stack.preview());
  expect(printed(run)).toMatch(/ADOPT_CHANGES: [\s\S]*id Shop_sign_in, to be written .*\blabel\b/);
  expect(vendors.everything()).toEqual(before);
});

test("a set made by hand is taken over as it is, on the stock host too", async () => {
  stack.changeHost("stock");
  await succeeded(stack.up());
  expect(await ids()).toEqual(Object.values(adopt).toSorted());
  expect(await vendors.objects()).toEqual(oneSet);
  await expectNoDrift(stack);
  await expectSignIn(stack);
});

test("a member is made anew though `adopt` is still there", async () => {
  const urn = await stack.urn("messaging-credential");
  const run = await succeeded(stack.up("--replace", urn, "--json"));
  expect(namesOf(run)).toContain("create-replacement messaging-credential");
  expect(await ids()).not.toContain(adopt.credential);
  expect(await vendors.objects()).toEqual(oneSet);
});

test("without `adopt` there is nothing to do", async () => {
  await stack.configure(settings);
  await succeeded(stack.preview("--expect-no-changes"));
  await succeeded(stack.destroy());
  expect(await vendors.objects()).toEqual(sets(0));
});
