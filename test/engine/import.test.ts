import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { changeMarks } from "../marks.ts";
import { expectNoDrift, expectSignIn, namesOf } from "./drift.ts";
import { nameOf, openStack, printed, type StackOptions, succeeded } from "./stack.ts";
import { logIns, oneSet, settingsFor, startVendors } from "./vendors.ts";

const vendors = await startVendors();
const settings = settingsFor(vendors);
const options: StackOptions = {
  program: join(import.meta.dirname, "programs", "full"),
  host: "own",
  settings,
  environment: logIns,
};
const maker = await openStack(options);
await succeeded(maker.up());
const members = (await maker.resources()).filter(
  ({ urn }) => urn.includes("pulumi-nodejs:") && !urn.includes("pulumi:providers:"),
);

const resources = members.map(({ urn, id }) => ({
  type: urn.split("::")[2]?.split("$").at(-1),
  name: nameOf(urn),
  id,
  parent: "messaging",
}));
const set = {
  resources: [
    { type: "authenticated-messaging:index:AuthenticatedMessaging", name: "messaging", component: true },
    ...resources,
  ],
};

/** What a person reads in Salesforce's Setup, told to the import. */
function told() {
  const [consumer] = vendors.salesforce.store.state.consumers;
  return { AMSG_IMPORT_CLIENT_ID: consumer?.key ?? "", AMSG_IMPORT_CLIENT_SECRET: consumer?.secret ?? "" };
}

describe("a set made by hand, of whose credential nobody says what is in it,", () => {
  changeMarks(vendors);

  test("is imported by the vendors' ids, and nothing is written", async () => {
    const stack = await openStack(options);
    expect(resources).toHaveLength(5);
    const before = vendors.everything();
    const run = await succeeded(stack.import(set));
    expect(printed(run)).toMatch(/IMPORT_SECRET_UNKNOWN[\s\S]*AMSG_IMPORT_CLIENT_SECRET/);
    expect(vendors.everything()).toEqual(before);
    expect(JSON.stringify(await stack.resources())).toContain(
      'require(\\"authenticated-messaging-providers\\")',
    );
    // Up writes what nobody can read, once.
    expect(namesOf(await succeeded(stack.up("--refresh", "--json")))).toEqual([
      "update messaging-credential",
    ]);
    await expectNoDrift(stack);
    await expectSignIn(stack);
  });
});

describe("a set made by hand, with the secret told to the import,", async () => {
  const stack = await openStack(options);

  test("needs no change, neither then nor later", async () => {
    changeMarks(vendors);
    const before = vendors.everything();
    stack.setEnvironment(told());
    const run = await succeeded(stack.import(set));
    stack.setEnvironment({ AMSG_IMPORT_CLIENT_ID: "", AMSG_IMPORT_CLIENT_SECRET: "" });
    expect(printed(run)).not.toContain("IMPORT_SECRET_UNKNOWN");
    for (const text of [printed(run), await stack.exportState()])
      expect(text).not.toContain(told().AMSG_IMPORT_CLIENT_SECRET);
    await expectNoDrift(stack);
    // The state is still as the import left it.
    await succeeded(stack.up("--expect-no-changes"));
    expect(vendors.everything()).toEqual(before);
    await expectSignIn(stack);
  });

  test("can be managed by the stock host afterwards", async () => {
    stack.changeHost("stock");
    await succeeded(stack.preview("--expect-no-changes"));
    await expectNoDrift(stack);
    await stack.configure({ ...settings, displayName: "Renamed" });
    await succeeded(stack.up());
    await expectNoDrift(stack);
    await stack.configure(settings);
    await succeeded(stack.up());
    expect(await vendors.objects()).toEqual(oneSet);
  });
});

test("the option import takes over a whole set, and needs no change when it is taken away", async () => {
  changeMarks(vendors);
  const before = vendors.everything();
  const stack = await openStack({ ...options, environment: { ...logIns, ...told() } });
  await stack.configure({
    ...settings,
    importIds: Object.fromEntries(resources.map(({ name, id }) => [name, id])),
  });
  expect(namesOf(await succeeded(stack.up("--json")))).toEqual(
    resources.map(({ name }) => `import ${name}`).sort(),
  );
  await stack.configure(settings);
  await succeeded(stack.up("--refresh", "--expect-no-changes"));
  expect(vendors.everything()).toEqual(before);
});

test("what cannot be imported is refused: an id that no object has, an object of another stack", async () => {
  const stack = await openStack(options);
  const [app, credential] = resources;
  const nowhere = { ...credential, id: "00000000-0000-4000-8000-000000000000", parent: undefined };
  const missing = await stack.import({ resources: [nowhere] });
  expect(missing.code).not.toBe(0);
  expect(printed(missing)).toContain("IMPORT_NOT_FOUND");

  const component = Object.values(vendors.salesforce.store.state.components).find(
    ({ type }) => type === "ExternalClientApplication",
  );
  Object.assign(component?.fields ?? {}, { description: "[managed by pulumi: shop/other/messaging]" });
  const foreign = await stack.import({ resources: [{ ...app, parent: undefined }] });
  expect(foreign.code).not.toBe(0);
  expect(printed(foreign)).toMatch(/IMPORT_OWNED[\s\S]*shop\/other\/messaging/);
});
