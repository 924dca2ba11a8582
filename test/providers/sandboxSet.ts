import type { SalesforceSettings } from "authenticated-messaging-providers/salesforce/settings.ts";
import { onTestFinished } from "vitest";
import { type SandboxOptions, startSandbox } from "../../sandbox/sandbox.ts";
import { connectionsTo } from "../connections.ts";

/** A sandbox that lives as long as the test, and connections to it. */
export async function startOrgs(options: SandboxOptions = {}, logIn: Partial<SalesforceSettings> = {}) {
  const limits = { requestsPerMinute: Infinity, loginsPerMinute: Infinity };
  const sandbox = await startSandbox({ limits, ...options });
  onTestFinished(() => sandbox.stop());
  return { sandbox, connections: connectionsTo(sandbox, logIn) };
}

export const owner = "shop/prod/messaging";

export const app = {
  owner,
  developerName: "Shop_sign_in",
  label: "Shop sign-in",
  contactEmail: "crm-team@acme.example",
  description: "",
  callbackUrls: ["https://shop.acme.example/signed-in"],
  scopes: ["openid", "email"],
  pkceRequired: true,
  secretRequired: true,
  secretRequiredForRefresh: true,
};

export const credential = { owner, name: "Shop sign-in", clientId: "key", clientSecret: "canary-secret" };

export const configuration = {
  owner,
  name: "Shop sign-in",
  description: "",
  integrationId: "11111111-2222-4333-8444-555555555555",
  sessionUpgrade: false,
  languages: ["en-us"],
  defaultLanguage: "en-us",
};
