import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { memberOf, memberTypes, openSet, setIn } from "../../operations/stack/messagingSet.ts";
import { checkout } from "../engine/stack.ts";

const contract = {
  deploymentId: "d1",
  genesysApiUrl: "https://api.mypurecloud.de",
  clientId: "3MVG9",
  discoveryUrl: "https://acme.my.salesforce.com/.well-known/openid-configuration",
  issuer: "https://acme.my.salesforce.com",
  authorizeUrl: "https://acme.my.salesforce.com/services/oauth2/authorize",
  redirectUri: "https://shop.example/signed-in",
  scopes: ["openid"],
  pkce: { required: true, method: "S256" },
};
const secret = (value: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});
const component = (name: string, outputs: object = { pageContract: contract }) => ({
  urn: `urn:pulumi:production::shop::authenticated-messaging:index:AuthenticatedMessaging::${name}`,
  type: "authenticated-messaging:index:AuthenticatedMessaging",
  outputs,
});
const app = (name: string) => ({
  urn: `urn:pulumi:production::shop::authenticated-messaging:index:AuthenticatedMessaging$${memberTypes.ECA}::${name}-app`,
  type: memberTypes.ECA,
  id: name,
  parent: component(name).urn,
  inputs: { label: name },
  outputs: { consumerSecret: secret("s3cret"), callbackUrls: ["https://shop.example/signed-in"] },
});
const stateOf = (...resources: object[]) => ({ version: 3, deployment: { resources } });

describe("the set in a stack's state", () => {
  it("is found with its members, secrets revealed", () => {
    const set = setIn(stateOf(component("messaging"), app("messaging")));
    expect(set).toMatchObject({ project: "shop", stack: "production", name: "messaging" });
    expect(set.pageContract).toEqual(contract);
    expect(memberOf(set, "ECA")).toMatchObject({
      id: "messaging",
      resource: "messaging-app",
      outputs: { consumerSecret: "s3cret", callbackUrls: ["https://shop.example/signed-in"] },
    });
  });

  it("is chosen by name where there are several", () => {
    const state = stateOf(component("shop"), app("shop"), component("helpdesk"), app("helpdesk"));
    expect(setIn(state, "helpdesk").members.ECA?.id).toBe("helpdesk");
    expect(() => setIn(state)).toThrow(/SET_AMBIGUOUS: [\s\S]*shop, helpdesk[\s\S]*--set/);
    expect(() => setIn(state, "office", "production")).toThrow(
      /SET_NOT_FOUND: [\s\S]*stack production, sets shop, helpdesk[\s\S]*one of these by --set, or .* by --stack/,
    );
  });

  it("is refused when it is not there, or not whole", () => {
    expect(() => setIn(stateOf())).toThrow(
      /SET_NOT_FOUND: [\s\S]*stack the selected one[\s\S]*pulumi up`, or .* by --stack.*pulumi stack ls/,
    );
    expect(() => setIn({ version: 3, deployment: {} })).toThrow("SET_NOT_FOUND");
    expect(() => setIn(stateOf(component("messaging", {})))).toThrow("SET_NOT_COMPLETE");
    const set = setIn(stateOf(component("messaging")));
    expect(() => memberOf(set, "deployment")).toThrow(/SET_NOT_COMPLETE: The stack has no deployment/);
  });
});

it("says what Pulumi says when there is no such stack", async () => {
  const folder = await mkdtemp(join(tmpdir(), "no-stack-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const env = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "x",
  };
  await expect(openSet({ cwd: checkout, stack: "nowhere", env })).rejects.toThrow(
    /STACK_NOT_READ: [\s\S]*stack nowhere[\s\S]*no stack named 'nowhere' found[\s\S]*stack exists[\s\S]*npm start/,
  );
  await expect(openSet({ cwd: checkout, env })).rejects.toThrow(
    /STACK_NOT_READ: [\s\S]*no stack selected[\s\S]*Name the stack by --stack/,
  );
});
