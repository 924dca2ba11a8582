import type { GenesysConnection } from "authenticated-messaging-providers/genesys/connection.ts";
import {
  credentialFieldNames,
  discoveryProperty,
  integrationTypeFacts,
} from "authenticated-messaging-providers/genesys/integrationType.ts";
import { describe, expect, it } from "vitest";

const oidc = {
  id: "slug-of-this-org",
  name: "OpenID Connect Messenger Configuration",
  category: "WebDeployments",
  credentials: { anyKey: { required: true, credentialTypes: ["anyType"] } },
};
const other = { id: "smtp", name: "SMTP", category: "Email", credentials: {} };

/** An org that answers every read with the same body. */
function org(answer: unknown): GenesysConnection {
  return {
    apiUrl: "",
    read: async () => answer,
    readUnlessGone: async () => answer,
    write: async () => answer,
    remove: async () => undefined,
  } as GenesysConnection;
}

describe("integrationTypeFacts", () => {
  it("finds the type by its display name", async () => {
    const facts = await integrationTypeFacts(org({ entities: [other, oidc], pageCount: 1 }), undefined);
    expect(facts).toEqual({ typeId: "slug-of-this-org", credentialKey: "anyKey", credentialType: "anyType" });
  });

  it("falls back to the category when the name is translated", async () => {
    const translated = { ...oidc, name: "OpenID-Connect-Konfiguration" };
    expect(
      (await integrationTypeFacts(org({ entities: [other, translated], pageCount: 1 }), undefined)).typeId,
    ).toBe(oidc.id);
  });

  it("obeys an override", async () => {
    const twin = { ...oidc, id: "other-slug" };
    expect(
      (await integrationTypeFacts(org({ entities: [oidc, twin], pageCount: 1 }), "other-slug")).typeId,
    ).toBe("other-slug");
  });

  it("lists what the org offers when there is no such type", async () => {
    const without = org({ entities: [other], pageCount: 1 });
    await expect(integrationTypeFacts(without, undefined)).rejects.toThrow(
      /GENESYS_TYPE_MISSING[\s\S]*offered smtp \(SMTP\)/,
    );
    await expect(integrationTypeFacts(without, "slug")).rejects.toThrow(/GENESYS_TYPE_MISSING[\s\S]*"slug"/);
  });

  it("does not guess when the type asks for no credential or several", async () => {
    const unclear = {
      ...oidc,
      credentials: { a: { credentialTypes: ["x"] }, b: { credentialTypes: ["y"] } },
    };
    await expect(integrationTypeFacts(org({ entities: [unclear], pageCount: 1 }), undefined)).rejects.toThrow(
      "GENESYS_TYPE_UNKNOWN_SHAPE",
    );
  });
});

describe("discoveryProperty", () => {
  it.each([
    [{ discoveryUri: {}, implicitFlowSupport: {} }, "discoveryUri"],
    [{ uri: { title: "Discovery URI" }, lifetime: {} }, "uri"],
    [{ wellKnownEndpoint: {} }, "wellKnownEndpoint"],
  ])("finds it among %j", async (properties, name) => {
    expect(await discoveryProperty(org({ properties }), "type")).toBe(name);
  });

  it("lists what the schema offers when none or several fit", async () => {
    await expect(discoveryProperty(org({ properties: { url: {} } }), "type")).rejects.toThrow(
      /GENESYS_SCHEMA_UNCLEAR[\s\S]*offered url/,
    );
    const two = { properties: { discoveryUri: {}, discoveryCache: {} } };
    await expect(discoveryProperty(org(two), "type")).rejects.toThrow("GENESYS_SCHEMA_UNCLEAR");
  });
});

describe("credentialFieldNames", () => {
  it("finds both fields in a JSON schema and in a bare map", async () => {
    const fields = { clientId: {}, clientSecret: {} };
    const schema = { name: "anyType", properties: { type: "object", properties: fields } };
    expect(await credentialFieldNames(org([schema]), "anyType")).toEqual({
      clientId: "clientId",
      clientSecret: "clientSecret",
    });
    const bare = { name: "anyType", properties: { oauth_client_id: {}, oauth_client_secret: {} } };
    expect(await credentialFieldNames(org([bare]), "anyType")).toEqual({
      clientId: "oauth_client_id",
      clientSecret: "oauth_client_secret",
    });
  });

  it("lists what the org offers when there is no such type", async () => {
    await expect(credentialFieldNames(org([{ name: "basicAuth" }]), "anyType")).rejects.toThrow(
      /GENESYS_CREDENTIAL_TYPE_MISSING[\s\S]*offered basicAuth/,
    );
  });
});
