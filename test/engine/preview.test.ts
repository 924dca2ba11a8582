import { join } from "node:path";
import { unknownValue } from "authenticated-messaging-providers/unknown.ts";
import { describe, expect, test } from "vitest";
import { nameOf, openStack, type Run, succeeded } from "./stack.ts";
import { editComponent, logIns, settingsFor, startVendors } from "./vendors.ts";

// The stock host cannot preview: every output of a changed member is unknown there.
const vendors = await startVendors();
const settings = settingsFor(vendors);
const stack = await openStack({
  program: join(import.meta.dirname, "programs", "full"),
  host: "own",
  settings,
  environment: logIns,
});
await succeeded(stack.up());

/** What a preview plans: by member what happens to it, and which of its parts change in which way. */
function planOf({ stdout }: Run): Record<string, Record<string, string>> {
  const { steps } = JSON.parse(stdout) as { steps: PlannedStep[] };
  const changes = steps.filter(({ op }) => op === "update" || op === "replace");
  return Object.fromEntries(
    changes.map(({ op, urn, detailedDiff }) => [`${op} ${nameOf(urn)}`, kindsOf(detailedDiff)]),
  );
}

interface PlannedStep {
  op: string;
  urn: string;
  detailedDiff: Record<string, { kind: string }> | null;
}

function kindsOf(diff: PlannedStep["detailedDiff"]): Record<string, string> {
  return Object.fromEntries(Object.entries(diff ?? {}).map(([path, { kind }]) => [path, kind]));
}

async function plan(changes: object, ...flags: string[]) {
  await stack.configure({ ...settings, ...changes });
  return planOf(await succeeded(stack.preview("--json", ...flags)));
}

describe("a changed label of the app", () => {
  test("in the program shows one changed member, with the old value and the new one", async () => {
    expect(await plan({ appLabel: "Another" })).toEqual({ "update messaging-app": { label: "update" } });
    const { stdout } = await succeeded(stack.preview("--diff"));
    expect(stdout).toContain('~ label: "Customer sign-in" => "Another"');
    expect(stdout).toMatch(/~ 1 to update\n\s+6 unchanged/);
  });

  test("made by hand does too", async () => {
    await editComponent(vendors, "ExternalClientApplication", { label: "By hand" });
    expect(await plan({}, "--refresh")).toEqual({ "update messaging-app": { label: "update" } });
    const { stdout } = await succeeded(stack.preview("--refresh", "--diff"));
    expect(stdout).toContain('~ label: "By hand" => "Customer sign-in"');
    await succeeded(stack.up("--refresh"));
  });
});

describe("a replacement shows what follows, and nothing else", () => {
  const credential = { clientId: "update", clientSecret: "update" };

  test("of the app, asked for", async () => {
    const urn = await stack.urn("messaging-app");
    expect(await plan({}, "--replace", urn)).toEqual({
      "replace messaging-app": {},
      "update messaging-credential": credential,
    });
  });

  test("of the app, by an input that cannot change in place", async () => {
    expect(await plan({ developerName: "Renamed_sign_in" })).toEqual({
      "replace messaging-app": { developerName: "update-replace" },
      "update messaging-credential": credential,
    });
  });

  test("of the integration", async () => {
    const urn = await stack.urn("messaging-integration");
    expect(await plan({}, "--replace", urn)).toEqual({
      "replace messaging-integration": {},
      "update messaging-configuration": { integrationId: "update" },
      "update messaging-deployment": { configurationVersion: "update" },
    });
  });
});

describe("differences are told with their place and kind", () => {
  test("added, changed and removed parts", async () => {
    const { flowId, ...withoutFlow } = settings;
    await stack.configure({
      ...withoutFlow,
      loginHost: vendors.salesforceUrl,
      messenger: { ...settings.messenger, styles: { primaryColor: "#000000" } },
    });
    expect(planOf(await succeeded(stack.preview("--json")))).toEqual({
      // The address is the same, only said: nothing that depends on it changes.
      "update messaging-app": { loginHost: "add" },
      "update messaging-configuration": { "messenger.styles.primaryColor": "update" },
      "update messaging-deployment": { configurationVersion: "update", flowId: "delete" },
    });
  });

  test("a preview writes nothing, and is empty where nothing differs", async () => {
    const before = vendors.everything();
    expect(await plan({}, "--refresh")).toEqual({});
    expect(vendors.everything()).toEqual(before);
  });
});

test("a preview of the creation hands on what can be known", async () => {
  const empty = await openStack({ host: "own", settings, environment: logIns });
  const { stdout } = await succeeded(empty.preview("--json"));
  const { steps } = JSON.parse(stdout) as { steps: { urn: string; newState: { inputs: object } }[] };
  const inputs = Object.fromEntries(steps.map(({ urn, newState }) => [nameOf(urn), newState.inputs]));
  expect(inputs["messaging-integration"]).toMatchObject({
    discoveryUrl: `${vendors.salesforceUrl}/.well-known/openid-configuration`,
    credentialId: unknownValue,
  });
});
