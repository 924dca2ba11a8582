import provider from "@pulumi/pulumi/proto/provider_pb.js";
import { describe, expect, test } from "vitest";
import { logIns, startVendors } from "../engine/vendors.ts";
import { type Bag, mark, refusal, startHost, urnOf } from "./host.ts";
import { inputsOf, kinds } from "./kinds.ts";

/** What `pulumi import` asks: a read by an id alone, of which nothing is recorded. The stock host cannot answer it. */
const vendors = await startVendors();
const addresses = {
  "contract:salesforceInstanceUrl": vendors.salesforceUrl,
  "contract:genesysRegion": "us-east-1",
  "contract:genesysGatewayUrl": vendors.genesysUrl,
};
const host = await startHost("own host", addresses, logIns);
const telling = await startHost("own host", addresses, {
  ...logIns,
  AMSG_IMPORT_CLIENT_ID: "told-id",
  AMSG_IMPORT_CLIENT_SECRET: "told-secret",
});

type Answer = InstanceType<typeof provider.ReadResponse>;

async function imported(kind: string, id: string, by = host): Promise<{ outputs: Bag; inputs: Bag }> {
  const answer = await by.call<Answer>(
    "read",
    new provider.ReadRequest().setUrn(urnOf(inputsOf(kind))).setId(id),
  );
  return {
    outputs: answer.getProperties()?.toJavaScript() as Bag,
    inputs: answer.getInputs()?.toJavaScript() as Bag,
  };
}

async function make(kind: string, changes: Bag = {}) {
  const { inputs } = await host.check(inputsOf(kind, { owner: "contract/test/import", ...changes }));
  return { inputs, ...(await host.create(inputs)) };
}

describe("what cannot be imported is refused", () => {
  test.each(kinds)("%s: an id that no object has", async (kind) => {
    const ids = ["00000000-0000-4000-8000-000000000000", "Nobody", "x' OR Name != '", "../../users/me"];
    for (const id of ids) {
      const { message } = await refusal(imported(kind, id));
      expect(message).toMatch(/^(IMPORT_NOT_FOUND|GENESYS_REQUEST_REFUSED): [\s\S]*evidence: [\s\S]*next: /);
    }
  });

  test("the id of an object of another kind", async () => {
    const credential = await make("credential");
    for (const kind of kinds.filter((name) => name !== "credential")) {
      const { message } = await refusal(imported(kind, credential.id));
      expect(message, kind).toMatch(/^IMPORT_NOT_FOUND: /);
    }
    await host.delete(credential.id, credential.properties);
  });

  test.each(["externalClientApp", "credential", "messengerConfiguration"])(
    "%s with the mark of another stack",
    async (kind) => {
      const foreign = await make(kind, { owner: "somebody/else/set" });
      const { message } = await refusal(imported(kind, foreign.id));
      expect(message).toMatch(/^IMPORT_OWNED: [\s\S]*owner somebody\/else\/set[\s\S]*pulumi state delete/);
      await host.delete(foreign.id, foreign.properties);
    },
  );
});

describe("a credential, which nobody can read,", () => {
  test("is as a person says; the secret is marked", async () => {
    const made = await make("credential");
    const { outputs, inputs } = await imported("credential", made.id, telling);
    const secret = { [mark]: expect.any(String), value: "told-secret" };
    for (const bag of [outputs, inputs])
      expect(bag).toMatchObject({ clientId: "told-id", clientSecret: secret });
    const seen = { ...outputs, clientSecret: "told-secret" };
    const told = { ...made.inputs, clientId: "told-id", clientSecret: "told-secret" };
    expect(await host.diff(made.id, seen, told)).toMatchObject({ changes: false });
    expect(await host.diff(made.id, seen, made.inputs)).toMatchObject({ changes: true });
    await host.delete(made.id, made.properties);
  });

  test("is otherwise not known, and therefore another than the program's", async () => {
    const made = await make("credential");
    const { outputs, inputs } = await imported("credential", made.id);
    for (const bag of [outputs, inputs]) {
      expect(bag).not.toHaveProperty("clientId");
      expect(bag).not.toHaveProperty("clientSecret");
    }
    expect(await host.diff(made.id, outputs, made.inputs)).toMatchObject({ changes: true });
    await host.delete(made.id, made.properties);
  });
});

test("a configuration that was never published is imported, and published by the next update", async () => {
  const draft = await vendors.genesysApi("POST", "/webdeployments/configurations", {
    name: "By hand",
    languages: ["en-us"],
    defaultLanguage: "en-us",
  });
  const { outputs, inputs } = await imported("messengerConfiguration", draft.id);
  expect(outputs).toMatchObject({ name: "By hand", publishedVersion: "" });
  const declared = { ...inputs, integrationId: inputsOf("messengerConfiguration").integrationId };
  const news = (await host.check(inputsOf("messengerConfiguration", declared))).inputs;
  const asDeclared = { ...outputs, integrationId: news.integrationId };
  expect(await host.diff(draft.id, asDeclared, news)).toMatchObject({ changes: true });
  expect(await host.update(draft.id, outputs, news)).toMatchObject({ publishedVersion: "1" });
  await host.delete(draft.id, outputs);
});
