import { describe, expect, test } from "vitest";
import { genesysReadOnlyClient } from "../../sandbox/accounts.ts";
import { logIns, sets, startVendors } from "../engine/vendors.ts";
import { type Bag, hostNames, refusal, startHost } from "./host.ts";
import { inputsOf, kinds, owner } from "./kinds.ts";

const vendors = await startVendors();
const addresses = {
  "contract:salesforceInstanceUrl": vendors.salesforceUrl,
  "contract:genesysRegion": "us-east-1",
  "contract:genesysGatewayUrl": vendors.genesysUrl,
};
/** Each host, and the same with other settings. */
const hosts = await Promise.all(
  hostNames.map(async (name) => ({
    name,
    host: await startHost(name, addresses, logIns),
    fresh: await startHost(name, addresses, logIns),
    unset: await startHost(name, {}, {}),
    readOnly: await startHost(name, addresses, {
      ...logIns,
      GENESYSCLOUD_OAUTHCLIENT_ID: genesysReadOnlyClient.clientId,
      GENESYSCLOUD_OAUTHCLIENT_SECRET: genesysReadOnlyClient.clientSecret,
    }),
  })),
);
const discoveryUrl = `${vendors.salesforceUrl}/.well-known/openid-configuration`;

describe.each(hosts)("the $name", ({ host, fresh, unset, readOnly }) => {
  /** Makes an object as the engine does: what is checked is created. */
  async function make(kind: string, changes: Bag = {}) {
    const { inputs, failures } = await host.check(inputsOf(kind, changes));
    expect(failures).toEqual([]);
    return { inputs, ...(await host.create(inputs)) };
  }

  /** From creation to deletion: what is recorded is what the vendor has, and nothing is a change that is none. */
  async function expectLife(kind: string, changes: Bag, change: Bag): Promise<void> {
    const { inputs, id, properties } = await make(kind, changes);
    expect(properties).toMatchObject(inputs);
    expect(await host.diff(id, properties, inputs)).toEqual({ changes: false, replaces: [] });

    const seen = await host.read(id, properties);
    expect(seen).toMatchObject({ id, properties, inputs });
    expect(await host.diff(id, seen.properties, inputs)).toEqual({ changes: false, replaces: [] });

    const news = { ...inputs, ...change };
    expect(await host.diff(id, seen.properties, news)).toEqual({ changes: true, replaces: [] });
    const updated = await host.update(id, seen.properties, news);
    expect(updated).toMatchObject(news);
    expect((await host.read(id, updated)).properties).toEqual(updated);

    await host.delete(id, updated);
    expect((await host.read(id, updated)).id).toBe("");
    await host.delete(id, updated);
  }

  describe("create, read, update and delete", () => {
    test("External Client App", () =>
      expectLife("externalClientApp", {}, { label: "Renamed", scopes: ["openid"] }));

    test("Genesys credential", () =>
      expectLife("credential", {}, { name: "Renamed", clientSecret: "another" }));

    test("Genesys integration", async () => {
      const credential = await make("credential");
      await expectLife(
        "integration",
        { discoveryUrl, credentialId: credential.id },
        { name: "Renamed", enabled: false },
      );
      await host.delete(credential.id, credential.properties);
    });

    test("messenger configuration", () =>
      expectLife("messengerConfiguration", {}, { languages: ["de", "en-us"], sessionUpgrade: true }));

    test("messenger deployment", async () => {
      const configuration = await make("messengerConfiguration");
      await expectLife(
        "messengerDeployment",
        { configurationId: configuration.id, configurationVersion: "1" },
        { allowedDomains: ["other.example"], status: "Inactive" },
      );
      await host.delete(configuration.id, configuration.properties);
    });

    test("leave nothing behind", async () => expect(await vendors.objects()).toEqual(sets(0)));
  });

  describe("an object that was made although a later step failed", () => {
    const wrong = { loginHost: `${vendors.salesforceUrl}/nowhere` };

    test("is recorded with its id, what is known of it, its code and the reason", async () => {
      const { partial } = await refusal(
        host.create((await host.check(inputsOf("externalClientApp", wrong))).inputs),
      );
      expect(partial).toMatchObject({
        id: "Contract_app",
        properties: {
          owner,
          developerName: "Contract_app",
          __provider: inputsOf("externalClientApp").__provider,
        },
        reasons: [expect.stringContaining("DISCOVERY_UNUSABLE")],
      });
      expect(await vendors.objects()).toMatchObject({ ExternalClientApplication: 1 });

      // What the engine does next: it compares, then updates from what was recorded.
      const { inputs } = await host.check(inputsOf("externalClientApp"));
      const { id = "", properties = {} } = partial ?? {};
      expect((await host.diff(id, properties, inputs)).changes).toBe(true);
      const completed = await host.update(id, properties, inputs);
      expect(completed).toMatchObject({ ...inputs, discoveryUrl });
      await host.delete(id, completed);
      expect(await vendors.objects()).toEqual(sets(0));
    });

    test("can be deleted from what was recorded", async () => {
      const { partial } = await refusal(
        host.create((await host.check(inputsOf("externalClientApp", wrong))).inputs),
      );
      await host.delete(partial?.id ?? "", partial?.properties ?? {});
      expect(await vendors.objects()).toEqual(sets(0));
    });

    test("is recorded when an update fails", async () => {
      const { id, properties, inputs } = await make("externalClientApp");
      const { partial } = await refusal(host.update(id, properties, { ...inputs, ...wrong }));
      expect(partial).toMatchObject({ id, properties: { consumerKey: properties.consumerKey } });
      await host.delete(id, partial?.properties ?? {});
    });
  });

  describe("every error is answered", () => {
    test.each(kinds)("%s without settings", async (kind) => {
      const inputs = inputsOf(kind);
      for (const call of [
        unset.create(inputs),
        unset.read("id", inputs),
        unset.update("id", inputs, inputs),
        unset.delete("id", inputs),
      ]) {
        expect((await refusal(call)).message).toMatch(/^SETTINGS_INVALID: [\s\S]*next: /);
      }
    });

    test("a client without the permission", async () => {
      const error = await refusal(readOnly.create(inputsOf("credential")));
      expect(error.message).toMatch(/^GENESYS_PERMISSION_MISSING: [\s\S]*evidence: status 403[\s\S]*next: /);
      expect(error.partial).toBeUndefined();
    });

    test("an object that vanished before its update", async () => {
      const inputs = inputsOf("credential");
      const error = await refusal(host.update("00000000-0000-4000-8000-000000000000", inputs, inputs));
      expect(error.message).toContain("MEMBER_VANISHED");
    });

    test("an object of the same name that is not ours", async () => {
      const { id, properties } = await make("externalClientApp");
      const other = inputsOf("externalClientApp", { owner: "somebody/else/set" });
      const error = await refusal(host.create((await host.check(other)).inputs));
      expect(error.message).toContain("NAME_TAKEN");
      expect(error.partial).toBeUndefined();
      await host.delete(id, properties);
    });

    test("code that does not exist", async () => {
      const error = await refusal(host.create(inputsOf("nothing")));
      expect(error.message).toMatch(/undefined|HOST_REQUEST_UNEXPECTED/);
    });
  });

  test("calls that arrive at once, before the host has configured the code, all find their settings", async () => {
    const names = ["one", "two", "three"];
    const made = await Promise.all(
      names.map((name) => fresh.create(inputsOf("credential", { owner: `contract/test/${name}` }))),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(names.length);
    await Promise.all(made.map(({ id, properties }) => fresh.delete(id, properties)));
    expect(await vendors.objects()).toEqual(sets(0));
  });

  test("a create whose answer never reached the engine is not repeated: the next one takes the object over", async () => {
    const first = await make("credential");
    const second = await make("credential", { name: "Renamed" });
    expect(second.id).toBe(first.id);
    expect(await vendors.objects()).toMatchObject({ credentials: 1 });
    await host.delete(second.id, second.properties);
  });
});
