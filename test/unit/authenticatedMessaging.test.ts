import type { Output } from "@pulumi/pulumi/output.js";
import type { CustomResourceOptions } from "@pulumi/pulumi/resource.js";
import { type MockResourceArgs, setMocks } from "@pulumi/pulumi/runtime/mocks.js";
import { beforeEach, describe, expect, it } from "vitest";
import {
  AuthenticatedMessaging,
  type AuthenticatedMessagingArgs,
} from "../../components/AuthenticatedMessaging.ts";

const args: AuthenticatedMessagingArgs = {
  displayName: "Shop sign-in",
  developerName: "Shop_sign_in",
  contactEmail: "crm-team@acme.example",
  callbackUrls: ["https://shop.acme.example/signed-in", "https://shop.acme.example/other"],
  scopes: ["openid", "email"],
  allowedDomains: ["shop.acme.example"],
};

const computed: Record<string, object> = {
  "pulumi-nodejs:salesforce:ExternalClientApp": {
    consumerKey: "key",
    consumerSecret: "canary-secret",
    discoveryUrl: "https://acme.my.salesforce.com/.well-known/openid-configuration",
    issuer: "https://acme.my.salesforce.com",
    authorizeUrl: "https://acme.my.salesforce.com/services/oauth2/authorize",
    pkceRequired: true,
  },
  "pulumi-nodejs:genesys:Credential": { modifiedDate: "2026-11-23T09:00:00Z" },
  "pulumi-nodejs:genesys:Integration": { reportedState: "ACTIVE" },
  "pulumi-nodejs:genesys:MessengerConfiguration": { publishedVersion: "7" },
  "pulumi-nodejs:genesys:MessengerDeployment": {
    snippet: "<script>",
    apiUrl: "https://api.mypurecloud.de",
    status: "Active",
  },
};

let registered: MockResourceArgs[];

beforeEach(async () => {
  registered = [];
  const newResource = (resource: MockResourceArgs) => {
    registered.push(resource);
    return { id: `${resource.name}-id`, state: { ...resource.inputs, ...computed[resource.type] } };
  };
  await setMocks({ newResource, call: () => ({}) }, "shop", "prod");
});

function value<T>(output: Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

function inputsOf(kind: string): Record<string, unknown> {
  const found = registered.find(({ type }) => type.endsWith(`:${kind}`));
  if (!found) throw new Error(`No ${kind} was registered.`);
  return found.inputs;
}

describe("AuthenticatedMessaging", () => {
  it("chains the five members, each under the owner's mark", async () => {
    await value(new AuthenticatedMessaging("messaging", args).members);
    expect(inputsOf("Credential")).toMatchObject({ clientId: "key", owner: "shop/prod/messaging" });
    expect(inputsOf("Integration")).toMatchObject({
      credentialId: "messaging-credential-id",
      discoveryUrl: "https://acme.my.salesforce.com/.well-known/openid-configuration",
    });
    expect(inputsOf("MessengerConfiguration")).toMatchObject({ integrationId: "messaging-integration-id" });
    expect(inputsOf("MessengerDeployment")).toMatchObject({
      configurationId: "messaging-configuration-id",
      configurationVersion: "7",
      allowedDomains: ["shop.acme.example"],
    });
    const members = registered.filter(({ custom }) => custom);
    expect(members).toHaveLength(5);
    expect(new Set(members.map(({ inputs }) => inputs.owner))).toEqual(new Set(["shop/prod/messaging"]));
  });

  it("hands the ids of objects to take over to their members, and to no others", async () => {
    const adopt = { externalClientApp: "Shop_sign_in", credential: "1234", force: true };
    await value(new AuthenticatedMessaging("messaging", { ...args, adopt }).members);
    expect(inputsOf("ExternalClientApp").adopt).toEqual({ id: "Shop_sign_in", force: true });
    expect(inputsOf("Credential").adopt).toEqual({ id: "1234", force: true });
    expect(inputsOf("Integration").adopt).toBeUndefined();
  });

  it("gives the page everything it must use, and no secret", async () => {
    const contract = await value(new AuthenticatedMessaging("messaging", args).pageContract);
    expect(contract).toEqual({
      deploymentId: "messaging-deployment-id",
      genesysApiUrl: "https://api.mypurecloud.de",
      clientId: "key",
      discoveryUrl: "https://acme.my.salesforce.com/.well-known/openid-configuration",
      issuer: "https://acme.my.salesforce.com",
      authorizeUrl: "https://acme.my.salesforce.com/services/oauth2/authorize",
      redirectUri: "https://shop.acme.example/signed-in",
      scopes: ["openid", "email"],
      pkce: { required: true, method: "S256" },
    });
  });

  it("sums up every member with name, id and state", async () => {
    const members = await value(new AuthenticatedMessaging("messaging", args).members);
    expect(members.map(({ member, state }) => [member, state])).toEqual([
      ["ECA", "PKCE required"],
      ["credential", "written 2026-11-23T09:00:00Z"],
      ["integration", "ACTIVE"],
      ["configuration", "version 7"],
      ["deployment", "Active"],
    ]);
    expect(members.every(({ name, id }) => name === "Shop sign-in" && id.endsWith("-id"))).toBe(true);
  });

  it("lets transforms have the last say over every member, which are its children", async () => {
    const parents: unknown[] = [];
    const renamed = (newName: string) => (member: { name: unknown }, options: CustomResourceOptions) => {
      member.name = newName;
      parents.push(options.parent);
    };
    const transform: AuthenticatedMessagingArgs["transform"] = {
      externalClientApp: (app, { parent }) => {
        app.label = "App";
        parents.push(parent);
      },
      credential: renamed("Credential"),
      integration: renamed("Integration"),
      configuration: renamed("Configuration"),
      deployment: renamed("Deployment"),
    };
    const messaging = new AuthenticatedMessaging("messaging", { ...args, transform });
    const members = await value(messaging.members);
    expect(members.map(({ name }) => name)).toEqual([
      "App",
      "Credential",
      "Integration",
      "Configuration",
      "Deployment",
    ]);
    expect(parents).toEqual(Array(5).fill(messaging));
  });

  it("hands a member's resource options to its transform too", async () => {
    const transform: AuthenticatedMessagingArgs["transform"] = {
      deployment: (_args, options) => {
        options.id = "11111111-2222-4333-8444-555555555555";
      },
    };
    await value(new AuthenticatedMessaging("messaging", { ...args, transform }).members);
    expect(registered.find(({ type }) => type.endsWith(":MessengerDeployment"))?.id).toBe(
      "11111111-2222-4333-8444-555555555555",
    );
  });
});
