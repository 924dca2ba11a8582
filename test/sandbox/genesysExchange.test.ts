import { createHash, randomBytes } from "node:crypto";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyOrg } from "../../sandbox/genesys/org.ts";
import type { FailureReason } from "../../sandbox/ledger.ts";
import { openStore } from "../../sandbox/store.ts";
import {
  type Answer,
  activeDraft,
  buildSet,
  deploymentActive,
  draftActive,
  eventually,
  type OrgOptions,
  publish,
  send,
  startOrg,
  type TestOrg,
} from "./genesysOrg.ts";
import { startProvider, type TestProvider } from "./genesysProvider.ts";

const REDIRECT = "https://shop.example/callback";
const EXCHANGE = "/webdeployments/token/oauthcodegrantjwtexchange";

let provider: TestProvider;
let org: TestOrg;
type Set = Awaited<ReturnType<typeof buildSet>>;

beforeAll(async () => {
  [provider, org] = await Promise.all([startProvider(), startOrg()]);
});
afterAll(() => Promise.all([provider.stop(), org.stop()]));

/** As a browser does: no API token. */
const exchange = (deploymentId: string, oauth: object, where = org): Promise<Answer> =>
  send(`${where.url}/api/v2${EXCHANGE}`, "POST", { deploymentId, oauth });

const goodCode = (nonce?: string) => ({
  code: provider.code({ redirectUri: REDIRECT, nonce }),
  redirectUri: REDIRECT,
  ...(nonce && { nonce }),
});

const newSet = (where = org, properties: object = {}) =>
  buildSet(where, provider.discoveryUrl, provider.client, properties);

/** The one answer that hides every reason. */
function expectOpaque(answer: Answer, deploymentId: string, reason: FailureReason, where = org): void {
  expect(answer.status).toBe(401);
  const { message, contextId, ...rest } = answer.body;
  expect(rest).toEqual({ code: "unauthorized", status: 401, details: [], errors: [] });
  const [, token, named] =
    /^Failed to identify user for token: (\S{32}) deploymentId: (.+)$/.exec(message) ?? [];
  expect(token).toBeDefined();
  expect(named).toBe(deploymentId);
  expect(contextId).toBe(answer.headers.get("inin-correlation-id"));
  expect(where.ledger.find(contextId)).toMatchObject({ reason, deploymentId });
}

describe("a sign-in that works", () => {
  test("code, PKCE and nonce give a token of 15 minutes and a refresh token", async () => {
    const { deploymentId } = await newSet();
    const codeVerifier = randomBytes(32).toString("base64url");
    const codeChallenge = createHash("sha256").update(codeVerifier).digest("base64url");
    const code = provider.code({ redirectUri: REDIRECT, nonce: "n", codeChallenge });
    const answer = await exchange(deploymentId, { code, redirectUri: REDIRECT, nonce: "n", codeVerifier });
    expect(answer.status).toBe(200);
    const { sub, exp = 0, iat = 0, deploymentId: claimed } = decodeJwt(answer.body.jwt);
    expect({ sub, claimed, life: exp - iat }).toEqual({ sub: "visitor", claimed: deploymentId, life: 900 });
    expect(answer.body.refreshToken).toEqual(expect.any(String));
    expect(provider.used.authorization.at(-1)).toBe("basic");
  });

  test("without a nonce, and as a client that sends its secret by post", async () => {
    const posting = await startOrg({ choices: { clientAuthentication: "client_secret_post" } });
    const { deploymentId } = await newSet(posting);
    expect((await exchange(deploymentId, goodCode(), posting)).status).toBe(200);
    expect(provider.used.authorization.at(-1)).toBe("post");
    await posting.stop();
  });

  test("no refresh token when the provider gives none; no longer than the provider's access token", async () => {
    const { deploymentId } = await newSet();
    provider.settings.accessTokenSeconds = 300;
    const code = provider.code({ redirectUri: REDIRECT, without: "refresh_token" });
    const { body } = await exchange(deploymentId, { code, redirectUri: REDIRECT });
    provider.settings.accessTokenSeconds = 3600;
    const { exp = 0, iat = 0 } = decodeJwt(body.jwt);
    expect(exp - iat).toBe(300);
    expect(body).not.toHaveProperty("refreshToken");
  });

  test("an ID token where the integration supports the implicit flow", async () => {
    const { deploymentId } = await newSet(org, { implicitFlowSupport: true });
    const idToken = await provider.idToken({ redirectUri: REDIRECT, nonce: "n" });
    const { status, body } = await exchange(deploymentId, { idToken, nonce: "n" });
    expect({ status, refreshToken: body.refreshToken }).toEqual({ status: 200, refreshToken: undefined });
  });

  test("maxAge with a sign-in that is fresh enough; iss that the provider sends", async () => {
    const { deploymentId } = await newSet();
    provider.settings.discovery = { authorization_response_iss_parameter_supported: true };
    const claims = { auth_time: Math.floor(Date.now() / 1000) - 30 };
    const code = provider.code({ redirectUri: REDIRECT, claims });
    const answer = await exchange(deploymentId, {
      code,
      redirectUri: REDIRECT,
      maxAge: 60,
      iss: provider.url,
    });
    provider.settings.discovery = {};
    expect(answer.status).toBe(200);
  });
});

describe("every failure gives the same answer; the ledger has the reason", () => {
  interface Fault {
    reason: FailureReason;
    /** Puts one thing wrong; may say what the browser sends instead of what is right. */
    breakIt: (set: Set) => Promise<object | undefined> | object | undefined;
  }

  const faults: Record<string, Fault> = {
    "secret differs": {
      reason: "client_refused",
      breakIt: ({ credentialId }) => putCredential(credentialId, { clientSecret: "other" }),
    },
    "client id differs": {
      reason: "client_refused",
      breakIt: ({ credentialId }) => putCredential(credentialId, { clientId: "other" }),
    },
    "credential deleted": {
      reason: "integration_not_active",
      breakIt: ({ credentialId }) => did(org.api("DELETE", `/integrations/credentials/${credentialId}`)),
    },
    "integration disabled": {
      reason: "integration_not_active",
      breakIt: ({ integrationId }) =>
        did(org.api("PATCH", `/integrations/${integrationId}`, { intendedState: "DISABLED" })),
    },
    "integration deleted": {
      reason: "integration_unknown",
      breakIt: ({ integrationId }) => did(org.api("DELETE", `/integrations/${integrationId}`)),
    },
    "discovery URL of another host": {
      reason: "discovery_issuer_mismatch",
      breakIt: (set) => putDiscoveryUrl(set, provider.discoveryUrl.replace("127.0.0.1", "localhost")),
    },
    "discovery URL that redirects": {
      reason: "discovery_unreachable",
      breakIt: (set) => putDiscoveryUrl(set, `${provider.url}/elsewhere/openid-configuration`),
    },
    "discovery URL that is not there": {
      reason: "discovery_unreachable",
      breakIt: (set) => putDiscoveryUrl(set, `${provider.url}/nothing`),
    },
    "discovery URL of a web page": {
      reason: "discovery_invalid",
      breakIt: (set) => putDiscoveryUrl(set, `${provider.url}/page.html`),
    },
    "discovery URL that is no URL": {
      reason: "discovery_url_missing",
      breakIt: (set) => putDiscoveryUrl(set, "my-domain"),
    },
    "discovery without a token endpoint": {
      reason: "discovery_invalid",
      breakIt: () => discovery({ token_endpoint: undefined }),
    },
    "no client authentication in common": {
      reason: "client_authentication_unsupported",
      breakIt: () => discovery({ token_endpoint_auth_methods_supported: ["private_key_jwt"] }),
    },
    "token endpoint unreachable": {
      reason: "token_endpoint_unreachable",
      breakIt: () => discovery({ token_endpoint: "http://127.0.0.1:1/token" }),
    },
    "keys unreachable": {
      reason: "jwks_unreachable",
      breakIt: () => discovery({ jwks_uri: "http://127.0.0.1:1/jwks" }),
    },
    "configuration not published": {
      reason: "authentication_off",
      breakIt: async (set) => {
        const path = `/webdeployments/configurations/${set.configurationId}/versions/draft`;
        await org.api("PUT", path, {
          name: "off",
          authenticationSettings: { enabled: false, integrationId: set.integrationId },
        });
        await draftActive(org, set.configurationId);
        const { version } = (await publish(org, set.configurationId)).body;
        await repoint(set, version);
        await org.api("PUT", path, {
          name: "on again, but only in the draft",
          authenticationSettings: { enabled: true, integrationId: set.integrationId },
        });
        return undefined;
      },
    },
    "configuration deleted": {
      reason: "configuration_version_missing",
      breakIt: (set) => did(org.api("DELETE", `/webdeployments/configurations/${set.configurationId}`)),
    },
    "configuration names no integration there is": {
      reason: "integration_unknown",
      breakIt: async (set) => {
        const settings = { enabled: true, integrationId: "00000000-0000-4000-8000-000000000000" };
        const id = await activeDraft(org, { name: "dangling", authenticationSettings: settings });
        await publish(org, id);
        await repoint({ ...set, configurationId: id }, "1");
        return undefined;
      },
    },
    "configuration names an integration of another type": {
      reason: "integration_wrong_type",
      breakIt: async (set) => {
        const other = await org.api("POST", "/integrations", { integrationType: { id: "webhook" } });
        const settings = { enabled: true, integrationId: other.body.id };
        const id = await activeDraft(org, { name: "wrong", authenticationSettings: settings });
        await publish(org, id);
        await repoint({ ...set, configurationId: id }, "1");
        return undefined;
      },
    },
    "deployment inactive": {
      reason: "deployment_not_active",
      breakIt: async (set) => {
        await putDeployment(set, "1", { status: "Inactive" });
        return undefined;
      },
    },
    "deployment deleted": {
      reason: "deployment_unknown",
      breakIt: ({ deploymentId }) => did(org.api("DELETE", `/webdeployments/deployments/${deploymentId}`)),
    },
    "no code": { reason: "code_missing", breakIt: () => ({ redirectUri: REDIRECT }) },
    "code unknown": { reason: "code_refused", breakIt: () => ({ code: "none", redirectUri: REDIRECT }) },
    "code used twice": {
      reason: "code_refused",
      breakIt: async ({ deploymentId }) => {
        const oauth = goodCode();
        expect((await exchange(deploymentId, oauth)).status).toBe(200);
        return oauth;
      },
    },
    "redirect URI differs": {
      reason: "code_refused",
      breakIt: () => ({ ...goodCode(), redirectUri: `${REDIRECT}/` }),
    },
    "verifier without challenge": {
      reason: "code_refused",
      breakIt: () => ({ ...goodCode(), codeVerifier: "v".repeat(43) }),
    },
    "no ID token": {
      reason: "id_token_missing",
      breakIt: () => grant({ without: "id_token" }),
    },
    "implicit flow not supported": {
      reason: "implicit_flow_off",
      breakIt: async () => ({
        idToken: await provider.idToken({ redirectUri: REDIRECT }),
        redirectUri: REDIRECT,
      }),
    },
    "nonce not passed on": { reason: "nonce_missing", breakIt: () => grant({ nonce: "n" }) },
    "nonce never asked for": { reason: "nonce_mismatch", breakIt: () => ({ ...goodCode(), nonce: "n" }) },
    "nonce of another sign-in": {
      reason: "nonce_mismatch",
      breakIt: () => ({ ...goodCode("one"), nonce: "two" }),
    },
    "iss not passed on": {
      reason: "iss_missing",
      breakIt: () => discovery({ authorization_response_iss_parameter_supported: true }),
    },
    "iss of another provider": {
      reason: "iss_mismatch",
      breakIt: () => ({ ...goodCode(), iss: "https://other.example" }),
    },
    "sign-in older than maxAge": {
      reason: "max_age_exceeded",
      breakIt: () => grant({ claims: { auth_time: 1 } }, { maxAge: 60 }),
    },
    "maxAge without auth_time": { reason: "max_age_exceeded", breakIt: () => grant({}, { maxAge: 60 }) },
    "ID token of another issuer": {
      reason: "id_token_issuer",
      breakIt: () => grant({ claims: { iss: "https://other.example" } }),
    },
    "ID token for another client": {
      reason: "id_token_audience",
      breakIt: () => grant({ claims: { aud: "other" } }),
    },
    "ID token expired": { reason: "id_token_expired", breakIt: () => grant({ claims: { exp: 1 } }) },
    "ID token without sub": {
      reason: "id_token_claim",
      breakIt: () => grant({ claims: { sub: undefined } }),
    },
    "ID token forged": { reason: "id_token_signature", breakIt: () => grant({ forged: true }) },
    "ID token with another algorithm": {
      reason: "id_token_algorithm",
      breakIt: () => grant({ algorithm: "ES256" }),
    },
    "ID token that is none": {
      reason: "id_token_malformed",
      breakIt: async ({ integrationId }) => {
        const { body } = await org.api("GET", `/integrations/${integrationId}/config/current`);
        const properties = { ...body.properties, implicitFlowSupport: true };
        await org.api("PUT", `/integrations/${integrationId}/config/current`, { ...body, properties });
        return { idToken: "not-a-token", redirectUri: REDIRECT };
      },
    },
    "signing key changed": {
      reason: "id_token_key_unknown",
      breakIt: () => {
        provider.settings.keyIds = "wrong";
        return undefined;
      },
    },
  };

  test.each(Object.entries(faults))("%s", async (_name, { reason, breakIt }) => {
    const set = await newSet();
    try {
      const oauth = (await breakIt(set)) ?? goodCode();
      expectOpaque(await exchange(set.deploymentId, oauth), set.deploymentId, reason);
    } finally {
      provider.settings.discovery = {};
      provider.settings.keyIds = "right";
    }
  });

  test("a deployment id that means something to JavaScript is just unknown", async () => {
    expectOpaque(await exchange("constructor", goodCode()), "constructor", "deployment_unknown");
  });

  const did = (answer: Promise<Answer>) =>
    answer.then(({ status }) => {
      expect(status).toBeLessThan(300);
      return undefined;
    });

  function discovery(bent: Record<string, unknown>): undefined {
    provider.settings.discovery = bent;
  }

  const grant = (bent: Omit<Parameters<TestProvider["code"]>[0], "redirectUri">, oauth: object = {}) => ({
    code: provider.code({ redirectUri: REDIRECT, ...bent }),
    redirectUri: REDIRECT,
    ...oauth,
  });

  const putCredential = (id: string, fields: object) =>
    did(
      org.api("PUT", `/integrations/credentials/${id}`, {
        name: "c",
        type: { name: "webdeploymentsOAuthClient" },
        credentialFields: { clientId: provider.client.id, clientSecret: provider.client.secret, ...fields },
      }),
    );

  async function putDiscoveryUrl({ integrationId }: Set, discoveryUri: string): Promise<undefined> {
    const path = `/integrations/${integrationId}/config/current`;
    const { body } = await org.api("GET", path);
    await did(org.api("PUT", path, { ...body, properties: { discoveryUri } }));
  }

  const putDeployment = (set: Set, version: string, more: object = {}) =>
    did(
      org.api("PUT", `/webdeployments/deployments/${set.deploymentId}`, {
        name: "site",
        allowedDomains: ["shop.example"],
        configuration: { id: set.configurationId, version },
        ...more,
      }),
    );

  async function repoint(set: Set, version: string): Promise<void> {
    await putDeployment(set, version);
    await deploymentActive(org, set.deploymentId);
  }
});

describe("malformed exchanges are told apart", () => {
  test("no deployment id: 400 by the API description", async () => {
    const answer = await send(`${org.url}/api/v2${EXCHANGE}`, "POST", { oauth: {} });
    expect(answer.status).toBe(400);
    expect(answer.body.details[0].fieldName).toBe("deploymentId");
  });

  test("a code without a redirect URI: 400", async () => {
    const { deploymentId } = await newSet();
    const answer = await exchange(deploymentId, { code: "c" });
    expect(answer.status).toBe(400);
    expect(answer.body.details[0].fieldName).toBe("oauth.redirectUri");
  });
});

describe("refresh and revocation", () => {
  const refresh = (body: object, where = org) =>
    send(`${where.url}/api/v2/webdeployments/token/refresh`, "POST", body);
  const revoke = (jwt: string) =>
    send(`${org.url}/api/v2/webdeployments/token/revoke`, "DELETE", undefined, {
      authorization: `bearer ${jwt}`,
    });

  test("a refresh token gives new tokens until it is revoked; then all is over", async () => {
    const { deploymentId } = await newSet();
    const { jwt, refreshToken } = (await exchange(deploymentId, goodCode())).body;
    const refreshed = await refresh({ refreshToken, deploymentId });
    expect(refreshed.status).toBe(200);
    expect(Object.keys(refreshed.body)).toEqual(["jwt"]);
    expect(decodeJwt(refreshed.body.jwt).sub).toBe("visitor");
    expect((await refresh({ refreshToken })).status).toBe(200);

    expect((await revoke(jwt)).status).toBe(204);
    expect((await revoke(jwt)).status).toBe(401);
    expectOpaque(await refresh({ refreshToken, deploymentId }), deploymentId, "refresh_token_unknown");
  });

  test("a refresh token is bound to its deployment", async () => {
    const { deploymentId } = await newSet();
    const { refreshToken } = (await exchange(deploymentId, goodCode())).body;
    expectOpaque(await refresh({ refreshToken, deploymentId: "other" }), "other", "refresh_token_unknown");
  });

  test("a refresh token is of no use once its deployment is gone", async () => {
    const { deploymentId } = await newSet();
    const { refreshToken } = (await exchange(deploymentId, goodCode())).body;
    await org.api("DELETE", `/webdeployments/deployments/${deploymentId}`);
    expectOpaque(await refresh({ refreshToken, deploymentId }), deploymentId, "deployment_unknown");
  });

  test("a token that nobody signed, and none at all, are refused", async () => {
    expect((await revoke("a.b.c")).status).toBe(401);
    const without = await send(`${org.url}/api/v2/webdeployments/token/revoke`, "DELETE");
    expect(without.body.code).toBe("authentication.required");
  });

  test("once the provider's access token is over, the provider must renew it", async () => {
    const { deploymentId, credentialId } = await newSet();
    provider.settings.accessTokenSeconds = 1;
    const { refreshToken } = (await exchange(deploymentId, goodCode())).body;
    provider.settings.accessTokenSeconds = 3600;
    const session = org.store.state.guestSessions[refreshToken];
    await eventually(
      async () => Date.now(),
      (at) => at > Date.parse(session?.providerAccessExpiresAt ?? ""),
    );
    const { exp = 0, iat = 0 } = decodeJwt((await refresh({ refreshToken, deploymentId })).body.jwt);
    expect(exp - iat).toBe(900);

    Object.assign(session ?? {}, { providerAccessExpiresAt: new Date(0).toISOString() });
    await org.api("DELETE", `/integrations/credentials/${credentialId}`);
    expectOpaque(await refresh({ refreshToken, deploymentId }), deploymentId, "integration_not_active");
  });

  test("the integration may shorten the life of refresh tokens", async () => {
    const { deploymentId } = await newSet(org, { maxRefreshTokenLifetime: 900 });
    const { refreshToken } = (await exchange(deploymentId, goodCode())).body;
    const session = org.store.state.guestSessions[refreshToken];
    expect(Date.parse(session?.expiresAt ?? "") - Date.now()).toBeLessThanOrEqual(900_000);
    Object.assign(session ?? {}, { expiresAt: new Date(0).toISOString() });
    expectOpaque(await refresh({ refreshToken, deploymentId }), deploymentId, "refresh_token_expired");
  });
});

describe("the browser's side", () => {
  const from = (origin: string) => ({ origin });
  const allowedOrigin = ({ headers }: Answer) => headers.get("access-control-allow-origin");

  test("a page of an allowed domain, or below it, may read the answer; another may not", async () => {
    const { deploymentId } = await newSet();
    const url = `${org.url}/api/v2${EXCHANGE}`;
    const body = () => ({ deploymentId, oauth: goodCode() });
    for (const origin of ["https://shop.example", "https://WWW.shop.example:8443", "http://shop.example"]) {
      expect(allowedOrigin(await send(url, "POST", body(), from(origin)))).toBe(origin);
    }
    const foreign = await send(url, "POST", body(), from("https://evil-shop.example"));
    expect([foreign.status, allowedOrigin(foreign)]).toEqual([200, null]);
  });

  test("preflights are answered for pages that some deployment allows", async () => {
    await newSet();
    const url = `${org.url}/api/v2${EXCHANGE}`;
    const asked = { "access-control-request-headers": "content-type" };
    const good = await send(url, "OPTIONS", undefined, { ...from("https://shop.example"), ...asked });
    expect([good.status, allowedOrigin(good)]).toEqual([204, "https://shop.example"]);
    expect(good.headers.get("access-control-allow-methods")).toBe("POST");
    expect(good.headers.get("access-control-allow-headers")).toBe("content-type");
    expect(allowedOrigin(await send(url, "OPTIONS", undefined, from("https://evil.example")))).toBeNull();
  });

  test("revocation finds the deployment in the guest token", async () => {
    const { deploymentId } = await newSet();
    const { jwt } = (await exchange(deploymentId, goodCode())).body;
    const headers = { ...from("https://shop.example"), authorization: `Bearer ${jwt}` };
    const answer = await send(`${org.url}/api/v2/webdeployments/token/revoke`, "DELETE", undefined, headers);
    expect([answer.status, allowedOrigin(answer)]).toEqual([204, "https://shop.example"]);
  });
});

describe("assumptions about sign-in that can be switched", () => {
  async function outcome(options: OrgOptions, oauth: () => object = goodCode, discoveryUrl?: string) {
    const other = await startOrg(options);
    try {
      const { deploymentId } = await buildSet(other, discoveryUrl ?? provider.discoveryUrl, provider.client);
      return (await exchange(deploymentId, oauth(), other)).status;
    } finally {
      provider.settings.discovery = {};
      await other.stop();
    }
  }

  test("redirecting discovery URLs, foreign issuers, missing iss, other algorithms", async () => {
    const redirecting = `${provider.url}/elsewhere/openid-configuration`;
    const lenient = { discoveryRedirects: "followed", discoveryIssuerChecked: false } as const;
    expect(await outcome({ choices: lenient }, goodCode, redirecting)).toBe(200);
    provider.settings.discovery = { authorization_response_iss_parameter_supported: true };
    expect(await outcome({ choices: { missingIss: "allowed" } })).toBe(200);
    const es256 = () => ({
      code: provider.code({ redirectUri: REDIRECT, algorithm: "ES256" }),
      redirectUri: REDIRECT,
    });
    expect(await outcome({ choices: { idTokenAlgorithms: ["RS256", "ES256"] } }, es256)).toBe(200);
  });

  test("an integration that is ACTIVE without its credential", async () => {
    const other = await startOrg({ choices: { incompleteActivation: "active" } });
    const { deploymentId, credentialId } = await newSet(other);
    await other.api("DELETE", `/integrations/credentials/${credentialId}`);
    expectOpaque(await exchange(deploymentId, goodCode(), other), deploymentId, "credential_missing", other);
    await other.stop();
  });

  test("a deployment that was allowed to pin a version nobody published", async () => {
    const other = await startOrg({ choices: { unpublishedPin: "allowed" } });
    const { configurationId } = await newSet(other);
    const { body } = await other.api("POST", "/webdeployments/deployments", {
      name: "ahead",
      allowAllDomains: true,
      configuration: { id: configurationId, version: "2" },
    });
    await deploymentActive(other, body.id);
    expectOpaque(await exchange(body.id, goodCode(), other), body.id, "configuration_version_missing", other);
    await other.stop();
  });

  test("a page outside the allowed domains refused by the org itself", async () => {
    const other = await startOrg({ choices: { foreignOrigin: "refused" } });
    const { deploymentId } = await newSet(other);
    const url = `${other.url}/api/v2${EXCHANGE}`;
    const answer = await send(
      url,
      "POST",
      { deploymentId, oauth: goodCode() },
      { origin: "https://evil.example" },
    );
    expect(answer.status).toBe(403);
    await other.stop();
  });
});

test("guest sessions and their signing key survive a restart", async () => {
  const store = openStore(undefined, emptyOrg);
  const first = await startOrg({ store });
  const { deploymentId } = await newSet(first);
  const { refreshToken } = (await exchange(deploymentId, goodCode(), first)).body;
  await first.stop();
  const second = await startOrg({ store });
  const answer = await send(`${second.url}/api/v2/webdeployments/token/refresh`, "POST", {
    refreshToken,
    deploymentId,
  });
  expect(answer.status).toBe(200);
  await second.stop();
});
