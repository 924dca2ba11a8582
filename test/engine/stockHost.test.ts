import { describe, expect, test } from "vitest";
import { expectNoDrift, expectSignIn, namesOf } from "./drift.ts";
import { openStack, succeeded } from "./stack.ts";
import { editComponent, logIns, sets, settingsFor, startVendors } from "./vendors.ts";

const vendors = await startVendors();
const settings = settingsFor(vendors);
const stack = await openStack({ host: "stock", settings, environment: logIns });

/** Nothing differs, neither from what is recorded nor from what the vendors have, and nothing is written. */
async function expectEmptyPreview(): Promise<void> {
  const before = vendors.everything();
  await succeeded(stack.preview("--expect-no-changes"));
  await expectNoDrift(stack);
  expect(vendors.everything()).toEqual(before);
}

describe("one stack on both hosts", () => {
  test("made by the stock host, our own has nothing to change", async () => {
    await succeeded(stack.up());
    await expectEmptyPreview();
    stack.changeHost("own");
    await expectEmptyPreview();
  });

  test("changed by our own, the stock host has nothing to change", async () => {
    await stack.configure({ ...settings, displayName: "Renamed" });
    const run = await succeeded(stack.up("--json"));
    expect(namesOf(run)).toHaveLength(5);
    stack.changeHost("stock");
    await expectEmptyPreview();
  });

  test("the stock host repairs a change made by hand, and our own has nothing to change", async () => {
    await editComponent(vendors, "ExternalClientApplication", { label: "By hand" });
    await succeeded(stack.up("--refresh"));
    stack.changeHost("own");
    await succeeded(stack.refresh("--expect-no-changes"));
    await expectEmptyPreview();
    await expectSignIn(stack);
  });

  test("replaced by our own, then taken down by the stock host", async () => {
    await succeeded(stack.up("--replace", await stack.urn("messaging-app")));
    stack.changeHost("stock");
    await expectEmptyPreview();
    await succeeded(stack.destroy());
    expect(await vendors.objects()).toEqual(sets(0));
  });
});
