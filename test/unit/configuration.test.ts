import { Config } from "@pulumi/pulumi/config.js";
import { setAllConfig } from "@pulumi/pulumi/runtime/config.js";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readConfiguration } from "../../program/configuration.ts";

const project = "authenticated-messaging";
const right = {
  salesforceInstanceUrl: "https://acme.my.salesforce.com",
  salesforceApiVersion: "66.0",
  salesforceAccessToken: "00Dxx!token",
  genesysRegion: "eu-central-1",
  genesysClientId: "client",
  genesysClientSecret: "canary-secret",
  displayName: "Customer sign-in",
  developerName: "Customer_sign_in",
  contactEmail: "crm-team@acme.example",
  callbackUrls: '["https://shop.acme.example/signed-in"]',
  allowedDomains: '["shop.acme.example"]',
};

function read(
  settings: Record<string, string>,
  secretKeys = ["salesforceAccessToken", "genesysClientSecret"],
) {
  const named = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`${project}:${key}`, value]),
  );
  setAllConfig(
    named,
    secretKeys.map((key) => `${project}:${key}`),
  );
  return readConfiguration(new Config(project));
}

function problemsOf(settings: Record<string, string>, secretKeys?: string[]): string {
  try {
    read(settings, secretKeys);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("The configuration was accepted.");
}

afterEach(() => vi.unstubAllEnvs());

describe("readConfiguration", () => {
  it("reads a complete configuration and fills in the defaults", () => {
    expect(read(right)).toMatchObject({
      displayName: "Customer sign-in",
      callbackUrls: ["https://shop.acme.example/signed-in"],
      scopes: ["openid", "profile", "email", "refresh_token"],
      pkceRequired: true,
      languages: ["en-us"],
    });
  });

  it("tells all problems at once, each with key, value, rule and example", () => {
    const { contactEmail, salesforceAccessToken, ...rest } = right;
    const message = problemsOf({
      ...rest,
      genesysRegion: "middle-earth-1",
      callbackUrls: '["http://shop.acme.example/signed-in"]',
      developerName: "1st app",
      scopes: '["profile"]',
    });
    expect(message).toContain("CONFIGURATION_INVALID");
    expect(message).toMatch(
      /genesysRegion \(is "middle-earth-1"\): must be an AWS region name .*Example: eu-central-1/,
    );
    expect(message).toMatch(
      /callbackUrls\.0 \(is "http:\/\/shop\.acme\.example\/signed-in"\): must be an https URL/,
    );
    expect(message).toMatch(/developerName \(is "1st app"\): must start with a letter/);
    expect(message).toMatch(/scopes .*must contain openid/);
    expect(message).toMatch(/contactEmail: must be an e-mail address/);
    expect(message).toMatch(/salesforceClientId: no complete log-in: .*SALESFORCE_CLIENT_ID/);
    expect(message).toContain("next: ");
  });

  it("never shows the value of a secret, and refuses one in plain text", () => {
    const message = problemsOf(right, ["salesforceAccessToken"]);
    expect(message).toMatch(/genesysClientSecret: stands in plain text/);
    expect(message).not.toContain("canary-secret");
  });

  it("lets environment variables go before the stack configuration", () => {
    vi.stubEnv("GENESYSCLOUD_REGION", "nowhere");
    expect(problemsOf(right)).toContain('genesysRegion (is "nowhere")');
  });

  it.each([
    [
      "JWT bearer",
      { salesforceClientId: "id", salesforceJwtKeyFile: "/key", salesforceUsername: "me@acme.example" },
    ],
    ["client credentials", { salesforceClientId: "id", salesforceClientSecret: "canary-secret" }],
  ])("accepts the log-in by %s", (_name, logIn) => {
    const { salesforceAccessToken, ...rest } = right;
    expect(read({ ...rest, ...logIn }, ["genesysClientSecret", "salesforceClientSecret"])).toBeDefined();
  });

  it("accepts http on loopback only", () => {
    expect(read({ ...right, callbackUrls: '["http://127.0.0.1:18082/signed-in"]' })).toBeDefined();
    expect(problemsOf({ ...right, genesysGatewayUrl: "http://gateway.example" })).toContain(
      "genesysGatewayUrl",
    );
  });
});
