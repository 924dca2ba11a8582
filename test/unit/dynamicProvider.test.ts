import type { ConfigureRequest } from "@pulumi/pulumi/dynamic/index.js";
import { dynamicProvider } from "authenticated-messaging-providers/dynamicProvider.ts";
import { credentialKind } from "authenticated-messaging-providers/genesys/Credential.ts";
import { integrationKind } from "authenticated-messaging-providers/genesys/Integration.ts";
import { messengerDeploymentKind } from "authenticated-messaging-providers/genesys/MessengerDeployment.ts";
import type { Kind, Owned } from "authenticated-messaging-providers/lifecycle.ts";
import { unknownValue } from "authenticated-messaging-providers/unknown.ts";
import { describe, expect, it } from "vitest";

const deployment = {
  owner: "shop/prod/messaging",
  name: "Shop",
  configurationId: "c",
  configurationVersion: "1",
  allowedDomains: ["shop.example"],
};

/** A provider with this stack configuration, as the host would configure it. */
async function configured<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  settings: Record<string, string> = {},
) {
  const provider = dynamicProvider(kind);
  const config = { get: (key: string) => settings[key] } as unknown as ConfigureRequest["config"];
  await provider.configure?.({ config });
  return provider;
}

describe("check", () => {
  it("fills in defaults and names every fault", async () => {
    const provider = await configured(messengerDeploymentKind);
    const good = await provider.check?.({}, deployment);
    expect(good).toMatchObject({
      failures: [],
      inputs: { status: "Active", allowAllDomains: false, description: "" },
    });
    const bad = await provider.check?.(
      {},
      { ...deployment, name: "", configurationVersion: "x", allowedDomains: ["https://a"] },
    );
    expect(bad?.failures?.map(({ property }) => property)).toEqual([
      "name",
      "configurationVersion",
      "allowedDomains.0",
    ]);
  });

  it("lets unknown values pass, and judges rules over several inputs by what is known", async () => {
    const provider = await configured(messengerDeploymentKind);
    const unknown = await provider.check?.(
      {},
      { ...deployment, configurationVersion: unknownValue, allowedDomains: unknownValue },
    );
    expect(unknown).toMatchObject({ failures: [], inputs: { configurationVersion: unknownValue } });
    const empty = await provider.check?.(
      {},
      { ...deployment, configurationVersion: unknownValue, allowedDomains: [] },
    );
    expect(empty?.failures).toHaveLength(1);
  });
});

describe("diff", () => {
  it("takes an unknown input for changed, and for a replacement where it forces one", async () => {
    const provider = await configured(credentialKind);
    const olds = { owner: "o", name: "n", clientId: "i", clientSecret: "s", type: "t", __provider: "p" };
    expect(await provider.diff?.("1", olds, { ...olds })).toMatchObject({ changes: false, replaces: [] });
    expect(await provider.diff?.("1", olds, { ...olds, clientId: unknownValue })).toMatchObject({
      changes: true,
      replaces: [],
    });
    expect(await provider.diff?.("1", olds, { ...olds, type: unknownValue })).toMatchObject({
      changes: true,
      replaces: ["type"],
    });
    expect(await provider.diff?.("1", olds, { ...olds, __provider: "new" })).toMatchObject({
      changes: true,
      replaces: [],
    });
  });

  it("sees a reported state that is not the intended one", async () => {
    const provider = await configured(integrationKind);
    const news = { owner: "o", name: "n", discoveryUrl: "https://a", credentialId: "c", enabled: true };
    const olds = { ...news, reportedState: "ACTIVE" };
    expect(await provider.diff?.("1", olds, news)).toMatchObject({ changes: false });
    expect(await provider.diff?.("1", { ...olds, reportedState: "ERROR" }, news)).toMatchObject({
      changes: true,
    });
  });
});

describe("a call that fails", () => {
  it("for want of settings says which, without the values of secrets", async () => {
    const provider = await configured(credentialKind, {
      genesysRegion: "nowhere",
      genesysClientSecret: "canary-secret",
    });
    const failure = await provider.read?.("1", {}).catch((error: Error) => error);
    expect((failure as Error).message).toMatch(
      /SETTINGS_INVALID[\s\S]*genesysRegion \(is "nowhere"\)[\s\S]*genesysClientId/,
    );
    expect((failure as Error).message).not.toContain("canary-secret");
  });

  it.each([[undefined], [null], ["text"], [{ odd: true }]])(
    "with %j, which is no error, is still an Error with a text",
    async (thrown) => {
      const throwing = { ...credentialKind, open: () => Promise.reject(thrown) };
      const provider = await configured(throwing as typeof credentialKind);
      const failure = await provider.read?.("1", {}).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      expect((failure as Error).message).toContain("UNEXPECTED_ERROR");
    },
  );
});
