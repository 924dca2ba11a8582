import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assumptionsSchema } from "authenticated-messaging-providers/assumptions.ts";
import { credentialKind } from "authenticated-messaging-providers/genesys/Credential.ts";
import { integrationKind } from "authenticated-messaging-providers/genesys/Integration.ts";
import { messengerConfigurationKind } from "authenticated-messaging-providers/genesys/MessengerConfiguration.ts";
import { messengerDeploymentKind } from "authenticated-messaging-providers/genesys/MessengerDeployment.ts";
import { create, differences, read, remove, update } from "authenticated-messaging-providers/lifecycle.ts";
import { externalClientAppKind } from "authenticated-messaging-providers/salesforce/ExternalClientApp.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { salesforceAdmin } from "../../sandbox/accounts.ts";
import { choose } from "../../sandbox/assumption.ts";
import { salesforceAssumptions } from "../../sandbox/assumptions.ts";
import { connectionsTo } from "../connections.ts";
import { app, configuration, credential, owner, startOrgs } from "./sandboxSet.ts";

async function integrationInputs(credentialId: string, salesforceUrl: string) {
  const discoveryUrl = `${salesforceUrl}/.well-known/openid-configuration`;
  return {
    owner,
    name: "Shop sign-in",
    discoveryUrl,
    credentialId,
    enabled: true,
    properties: {},
    notes: "",
  };
}

describe("the External Client App", () => {
  it.each([
    ["access token", { salesforceAccessToken: salesforceAdmin.accessToken }],
    [
      "client credentials",
      { salesforceClientId: salesforceAdmin.clientId, salesforceClientSecret: salesforceAdmin.clientSecret },
    ],
  ])("is made, read and removed by %s", async (_name, logIn) => {
    const { sandbox, connections } = await startOrgs({}, logIn);
    const { id, recorded } = await create(externalClientAppKind, connections, app);
    expect(id).toBe(app.developerName);
    expect(recorded.consumerSecret).toMatch(/\S{16,}/);
    const seen = await read(externalClientAppKind, connections, id, recorded);
    expect(differences(externalClientAppKind, seen ?? {}, app)).toEqual([]);
    await remove(externalClientAppKind, connections, id, recorded);
    expect(await read(externalClientAppKind, connections, id, recorded)).toBeUndefined();
    const objects = await (await fetch(`${sandbox.salesforceUrl}/_sandbox/objects`)).json();
    expect(Object.values(objects as object).every((count) => count === 0)).toBe(true);
  });

  it("is made by JWT bearer", async () => {
    const { sandbox } = await startOrgs();
    const folder = await mkdtemp(join(tmpdir(), "jwt-bearer-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const keyFile = join(folder, "salesforce.key");
    const key = await (await fetch(`${sandbox.salesforceUrl}/_sandbox/admin-key`)).text();
    await writeFile(keyFile, key, { mode: 0o600 });
    const { clientId, username } = salesforceAdmin;
    const logIn = {
      salesforceClientId: clientId,
      salesforceJwtKeyFile: keyFile,
      salesforceUsername: username,
    };
    const { recorded } = await create(externalClientAppKind, connectionsTo(sandbox, logIn), app);
    expect(recorded.consumerKey).toMatch(/\S{16,}/);
  });

  it("of somebody else with our name is refused, and left alone", async () => {
    const { connections } = await startOrgs();
    await create(externalClientAppKind, connections, {
      ...app,
      owner: "other/prod/messaging",
      label: "Theirs",
    });
    await expect(create(externalClientAppKind, connections, app)).rejects.toThrow(
      /NAME_TAKEN[\s\S]*owner other\/prod\/messaging/,
    );
    await expect(remove(externalClientAppKind, connections, app.developerName, app)).rejects.toThrow(
      "OWNED_BY_OTHER",
    );
    const theirs = await connections
      .salesforce()
      .readMetadata("ExternalClientApplication", app.developerName);
    expect(theirs?.label).toBe("Theirs");
  });

  it("made anew by hand under our name is not taken for ours", async () => {
    const { connections } = await startOrgs();
    const { id, recorded } = await create(externalClientAppKind, connections, app);
    await remove(externalClientAppKind, connections, id, recorded);
    await create(externalClientAppKind, connections, { ...app, owner: "somebody/else/x" });
    expect(await read(externalClientAppKind, connections, id, recorded)).toBeUndefined();
  });

  it("whose secret the org hides says which switch to turn, and is recorded", async () => {
    const { connections } = await startOrgs();
    const hide = { fullName: "ExternalClientApp", enableClientSecretInRestApiAccess: false };
    await connections.salesforce().updateMetadata("ExternalClientAppSettings", hide);
    const failure = await create(externalClientAppKind, connections, app).catch((error: unknown) => error);
    expect(failure).toMatchObject({ id: app.developerName });
    expect((failure as Error).message).toMatch(/SALESFORCE_SECRET_HIDDEN[\s\S]*View Client Secret/);
  });

  it("in an org that forces PKCE is reported as it is, and not fought", async () => {
    const salesforce = choose(salesforceAssumptions, { pkceSwitch: "forced on" });
    const { connections } = await startOrgs({ assumptions: { salesforce } });
    const lax = { ...app, pkceRequired: false };
    const { recorded } = await create(externalClientAppKind, connections, lax);
    expect(recorded).toMatchObject({ pkceRequired: true, overruled: ["pkceRequired"] });
    expect(differences(externalClientAppKind, recorded, lax)).toEqual([]);
  });

  it("is found again by its mark after a crash, and not made twice", async () => {
    const { connections } = await startOrgs();
    const first = await create(externalClientAppKind, connections, app);
    const again = await create(externalClientAppKind, connections, app);
    expect(again.recorded.consumerKey).toBe(first.recorded.consumerKey);
  });
});

describe("the credential", () => {
  it("that somebody wrote is told from one that only we wrote", async () => {
    const { sandbox, connections } = await startOrgs();
    const { id, recorded } = await create(credentialKind, connections, credential);
    expect(
      differences(credentialKind, (await read(credentialKind, connections, id, recorded)) ?? {}, credential),
    ).toEqual([]);
    const stored = sandbox.genesys.store.state.credentials[id];
    if (stored) stored.modifiedDate = new Date(Date.now() + 1000).toISOString();
    const seen = await read(credentialKind, connections, id, recorded);
    expect(differences(credentialKind, seen ?? {}, credential)).toEqual(["clientId", "clientSecret"]);
    const { clientSecret } = await update(credentialKind, connections, id, seen ?? {}, credential);
    expect(clientSecret).toBe(credential.clientSecret);
  });
});

describe("the integration", () => {
  it("that ends in error says what Genesys reports, and is recorded", async () => {
    const { sandbox, connections } = await startOrgs();
    const { id } = await create(credentialKind, connections, credential);
    const inputs = await integrationInputs(id, sandbox.salesforceUrl);
    const made = await create(integrationKind, connections, inputs);
    delete sandbox.genesys.store.state.credentials[id];
    const failure = await update(
      integrationKind,
      connections,
      made.id,
      { ...made.recorded, enabled: false },
      inputs,
    ).catch((error: unknown) => error);
    expect(failure).toMatchObject({ id: made.id });
    expect((failure as Error).message).toMatch(/GENESYS_INTEGRATION_ERROR[\s\S]*evidence: id /);
  });
});

describe("the messenger configuration", () => {
  it("is published once, and again only when something differs", async () => {
    const { connections } = await startOrgs();
    const { id, recorded } = await create(messengerConfigurationKind, connections, configuration);
    expect(recorded.publishedVersion).toBe("1");
    const same = await update(messengerConfigurationKind, connections, id, recorded, configuration);
    expect(same.publishedVersion).toBe("1");
    const renamed = { ...configuration, name: "Renamed" };
    expect((await update(messengerConfigurationKind, connections, id, same, renamed)).publishedVersion).toBe(
      "2",
    );
  });

  it("reads the same whether or not the list of versions holds whole documents", async () => {
    const { sandbox, connections } = await startOrgs();
    const { id, recorded } = await create(messengerConfigurationKind, connections, configuration);
    const wary = {
      ...connectionsTo(sandbox),
      assumptions: () => assumptionsSchema.parse({ versionListIsWhole: false }),
    };
    expect(await read(messengerConfigurationKind, wary, id, recorded)).toEqual(
      await read(messengerConfigurationKind, connections, id, recorded),
    );
  });
});

describe("the messenger deployment", () => {
  it("names no host or every host, never by accident", () => {
    const { rules = () => [] } = messengerDeploymentKind;
    expect(rules({ allowedDomains: [], allowAllDomains: false })).toHaveLength(1);
    expect(rules({ allowedDomains: ["a.example"], allowAllDomains: true })).toHaveLength(1);
    expect(rules({ allowedDomains: ["a.example"], allowAllDomains: false })).toEqual([]);
    expect(rules({ allowAllDomains: false })).toEqual([]);
  });
});
