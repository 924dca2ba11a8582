import { describe, expect, test } from "vitest";
import { visitor } from "../../sandbox/accounts.ts";
import type { Cause } from "../../sandbox/faults/fault.ts";
import { faults } from "../../sandbox/faults/index.ts";
import type { FailureReason } from "../../sandbox/ledger.ts";
import { Browser } from "./browser.ts";
import { outcome, type Page, signIn, startSet, type TestSet } from "./faultsSet.ts";
import { send } from "./genesysOrg.ts";
import { CALLBACK } from "./salesforceOrg.ts";

/** How a sign-in ends under each fault: the ledger's reason, or what is to be seen before the exchange. */
const endings: Record<string, FailureReason | `authorize: ${string}`> = {
  "client-secret-differs": "client_refused",
  "client-secret-rotated": "client_refused",
  "client-id-differs": "client_unknown",
  "other-integration": "client_unknown",
  "sign-in-not-published": "authentication_off",
  "integration-disabled": "integration_not_active",
  "deployment-inactive": "deployment_not_active",
  "discovery-url-of-other-host": "discovery_issuer_mismatch",
  "discovery-unreachable": "discovery_invalid",
  "signing-key-unknown": "id_token_key_unknown",
  "openid-scope-not-selected": "authorize: invalid_scope",
  "id-token-left-out": "id_token_missing",
  "nonce-left-out": "nonce_mismatch",
  "auth-time-left-out": "max_age_exceeded",
  "code-verifier-refused": "code_verifier_refused",
  "callback-url-differs": "authorize: error=redirect_uri_mismatch",
  "code-used-before": "code_refused",
  "code-expired": "code_refused",
  "client-authentication-unsupported": "client_authentication_unsupported",
  "implicit-flow-expected": "implicit_flow_on",
  "iss-expected": "iss_missing",
  "user-not-permitted": "authorize: OAUTH_APP_ACCESS_DENIED",
  "client-not-propagated": "client_unknown",
  "oauth-link-dangling": "authorize: invalid_scope",
  "audience-without-client": "id_token_audience",
  "clock-behind": "id_token_expired",
  "algorithm-not-accepted": "id_token_algorithm",
  "subject-left-out": "id_token_claim",
  "subject-not-found": "refused_by_fault",
  "deployment-of-other-region": "deployment_unknown",
};

/** Faults around the exchange, by what is to be seen of them. */
const visible: Record<string, (set: TestSet) => Promise<unknown>> = {
  "page-not-allowed": corsOfExchange,
  "refresh-token-useless": outcome,
  "session-upgrade-off": mayUpgradeSession,
  "guest-tokens-forgotten": renewalOfEarlierGuest,
  "session-cookie-blocked": silentSignIn,
};

const pages: Record<string, Page> = { "auth-time-left-out": { maxAge: 600 } };

async function corsOfExchange({ genesys, ids }: TestSet): Promise<string | null> {
  const answer = await fetch(`${genesys.url}/api/v2/webdeployments/token/oauthcodegrantjwtexchange`, {
    method: "POST",
    headers: { origin: "https://shop.example", "content-type": "application/json" },
    body: JSON.stringify({ deploymentId: ids.deploymentId, oauth: {} }),
  });
  return answer.headers.get("access-control-allow-origin");
}

async function mayUpgradeSession({ genesys, ids }: TestSet): Promise<boolean> {
  const file = `${genesys.url}/webdeployments/v1/deployments/${ids.deploymentId}/config.json`;
  const { auth } = (await (await fetch(file)).json()) as { auth: { allowSessionUpgrade: boolean } };
  return auth.allowSessionUpgrade;
}

const earlierGuests = new WeakMap<TestSet, string>();

/** How Genesys answers the browser of a visitor who signed in at the first look, and wants a new token now. */
async function renewalOfEarlierGuest(set: TestSet): Promise<number> {
  if (!earlierGuests.has(set)) {
    const ending = await signIn(set);
    earlierGuests.set(set, ending.at === "exchange" ? String(ending.body.refreshToken) : "");
  }
  const url = `${set.genesys.url}/api/v2/webdeployments/token/refresh`;
  return (await send(url, "POST", { refreshToken: earlierGuests.get(set) })).status;
}

const browsers = new WeakMap<TestSet, Browser>();

/** What Salesforce answers `prompt=none` of a browser that logged in at the first look. */
async function silentSignIn(set: TestSet): Promise<string> {
  const address = (prompt: string) => `${authorizeUrl(set)}&prompt=${prompt}`;
  const browser = browsers.get(set) ?? new Browser();
  if (!browsers.has(set)) {
    browsers.set(set, browser);
    const login = await browser.visit(address("login"));
    await browser.submit(login.url, visitor);
  }
  const { searchParams } = new URL((await browser.visit(address("none"))).url);
  return searchParams.get("error") ?? "a code";
}

/** Of a page that uses PKCE. */
function authorizeUrl({ salesforce, client }: TestSet): string {
  const parameters = { client_id: client.clientId, redirect_uri: CALLBACK, response_type: "code" };
  const challenge = { code_challenge: "c".repeat(43), code_challenge_method: "S256" };
  const query = new URLSearchParams({ ...parameters, ...challenge, scope: "openid" });
  return `${salesforce.url}/services/oauth2/authorize?${query}`;
}

/** All objects of which the set consists, as the vendors have them. */
function members({ genesys, salesforce }: TestSet) {
  const { credentials, integrations, configurations, deployments } = genesys.state;
  const { components, consumers } = salesforce.state;
  const all = { credentials, integrations, configurations, deployments, components, consumers };
  return structuredClone(all);
}

describe("a fault in the set makes the sign-in fail, and off heals it", () => {
  test.each(Object.entries(endings))("%s: %s", async (name, ending) => {
    const set = await startSet();
    expect(await outcome(set, pages[name])).toBe("works");
    const before = members(set);

    set.faults.on(name);
    expect(await outcome(set, pages[name])).toBe(ending);
    if (!ending.startsWith("authorize")) expect(set.ledger.entries.at(-1)?.faults).toEqual([name]);

    set.faults.off(name);
    expect(await outcome(set, pages[name])).toBe("works");
    expect(members(set)).toEqual(before);
  });

  test.each(Object.entries(visible))("%s", async (name, look) => {
    const set = await startSet();
    for (const { document } of set.genesys.state.configurations[set.ids.configurationId]?.published ?? []) {
      Object.assign(document.authenticationSettings as object, { allowSessionUpgrade: true });
    }
    const before = await look(set);
    set.faults.on(name);
    expect(await look(set)).not.toEqual(before);
    set.faults.off(name);
    expect(await look(set)).toEqual(before);
  });
});

test("every cause has its fault", () => {
  const numbered = (letter: "A" | "B", count: number) =>
    Array.from({ length: count }, (_, index): Cause => `${letter}${index + 1}`);
  const causes = [...numbered("A", 27), ...numbered("B", 6)];
  const produced = faults.map(({ cause }) => cause);
  expect(causes.filter((cause) => !produced.includes(cause))).toEqual([]);
});

test("every fault in the set is tried here", () => {
  const tried = [...Object.keys(endings), ...Object.keys(visible)].toSorted();
  const known = faults.filter(({ kind }) => kind === "set").map(({ name }) => name);
  expect(tried).toEqual(known.toSorted());
});
