import { describe, expect, test } from "vitest";
import type { PageContract } from "../../components/pageContract.ts";
import { signIn } from "../../operations/signIn/signIn.ts";
import { SignInError, type SignInStep, stepNames } from "../../operations/signIn/steps.ts";
import { visitor } from "../../sandbox/accounts.ts";
import { startProvider } from "./provider.ts";
import { startSet } from "./set.ts";

describe("a set that works", () => {
  test("signs a visitor in, step by step, and gives the token back", async () => {
    const { contract, genesys } = await startSet();
    const seen: SignInStep[] = [];
    const signedIn = await signIn(contract, visitor, { onStep: (step) => seen.push(step) });

    expect(seen.map(({ name, ok }) => ({ name, ok }))).toEqual(stepNames.map((name) => ({ name, ok: true })));
    expect(signedIn.steps).toEqual(seen);
    expect(signedIn.subject).toMatch(/\/id\/00D/);
    expect(Date.parse(signedIn.expiresAt ?? "")).toBeGreaterThan(Date.now());
    expect(seen.find(({ name }) => name === "refresh")?.evidence).toEqual({ renewed: "yes" });
    expect(genesys.store.state.guestSessions).toEqual({});
    expect(genesys.store.state.revokedGuestTokens).toHaveLength(1);
  });

  test("a page that asks for no refresh token needs none", async () => {
    const { contract } = await startSet();
    const { steps } = await signIn({ ...contract, scopes: ["openid"] }, visitor);
    expect(steps.find(({ name }) => name === "refresh")).toMatchObject({
      ok: true,
      evidence: { renewed: "no, no refresh token was asked for" },
    });
  });

  test("shows no secret in its steps", async () => {
    const { contract, genesys } = await startSet();
    const { steps } = await signIn(contract, visitor);
    const shown = JSON.stringify(steps);
    expect(shown).not.toContain(visitor.password);
    expect(shown).not.toMatch(/eyJ/);
    const requested = genesys.log.entries.map(({ path }) => path);
    expect(requested).toContain("/api/v2/webdeployments/token/revoke");
  });

  test("an interruption after the exchange still gives the token back", async () => {
    const { contract, genesys } = await startSet();
    const interrupted = new AbortController();
    const reason = new Error("interrupted");
    const onStep = ({ name }: SignInStep) => {
      if (name === "token") interrupted.abort(reason);
    };
    await expect(signIn(contract, visitor, { signal: interrupted.signal, onStep })).rejects.toBe(reason);
    expect(genesys.store.state.revokedGuestTokens).toHaveLength(1);
    expect(genesys.store.state.guestSessions).toEqual({});
  });
});

describe("a set that does not work", () => {
  test("the secret at Genesys is another: the exchange is refused, with what support needs", async () => {
    const { contract, genesys } = await startSet({ secretAtGenesys: "another-secret" });
    const error = await failure(contract);
    expect(error).toMatchObject({ code: "SIGN_IN_EXCHANGE_REFUSED", step: "exchange" });
    expect(error.evidence).toMatchObject({
      status: 401,
      code: "unauthorized",
      message: `Failed to identify user for token: [redacted] deploymentId: ${contract.deploymentId}`,
      deploymentId: contract.deploymentId,
    });
    expect(error.evidence.contextId).toBe(error.evidence.correlationId);
    expect(genesys.ledger.find(String(error.evidence.contextId))?.reason).toBe("client_refused");
    expect(error.steps.map(({ name, ok }) => `${name} ${ok}`)).toEqual([
      "discovery true",
      "authorize true",
      "login true",
      "callback true",
      "exchange false",
    ]);
  });

  test.each<[string, Partial<PageContract>, object]>([
    ["another redirect URI", { redirectUri: "https://shop.example/signed-in/" }, { step: "authorize" }],
    ["an unknown client id", { clientId: "3MVG9unknown" }, { step: "authorize" }],
    ["a scope that the app lacks", { scopes: ["openid", "wave_api"] }, { step: "callback" }],
  ])("%s: the identity provider refuses", async (_fault, change, where) => {
    const { contract } = await startSet();
    const error = await failure({ ...contract, ...change });
    expect(error).toMatchObject({ code: "SIGN_IN_AUTHORIZE_REFUSED", ...where });
    expect(error.message).toContain("next: See that");
  });

  test("another deployment id: the exchange is refused", async () => {
    const { contract } = await startSet();
    const deploymentId = "00000000-0000-4000-8000-000000000000";
    expect(await failure({ ...contract, deploymentId })).toMatchObject({ code: "SIGN_IN_EXCHANGE_REFUSED" });
  });

  test("a wrong password is not accepted, and not shown", async () => {
    const { contract } = await startSet();
    const error = await failure(contract, "not-the-password");
    expect(error).toMatchObject({ code: "SIGN_IN_LOGIN_REFUSED", step: "login" });
    expect(error.message).not.toContain("not-the-password");
  });

  test("another issuer, or another authorize URL, than the discovery document names", async () => {
    const { contract } = await startSet();
    const otherIssuer = await failure({ ...contract, issuer: "https://login.example" });
    expect(otherIssuer).toMatchObject({ code: "SIGN_IN_DISCOVERY_ODD", step: "discovery" });
    expect(otherIssuer.evidence).toMatchObject({ status: 200, "expected issuer": "https://login.example" });
    const otherUrl = await failure({ ...contract, authorizeUrl: `${contract.issuer}/authorize` });
    expect(otherUrl).toMatchObject({ code: "SIGN_IN_AUTHORIZE_URL_DIFFERS" });
  });

  test("a discovery URL that leads elsewhere", async () => {
    const { contract } = await startSet();
    const error = await failure({ ...contract, discoveryUrl: `${contract.issuer}/nowhere` });
    expect(error).toMatchObject({ code: "SIGN_IN_DISCOVERY_ODD" });
    expect(error.evidence.status).toBe(404);
  });

  test("a host that is not there", async () => {
    const { contract } = await startSet();
    const error = await failure({
      ...contract,
      discoveryUrl: "http://127.0.0.1:9/.well-known/openid-configuration",
    });
    expect(error).toMatchObject({ code: "SIGN_IN_NO_ANSWER", step: "discovery" });
    expect(error.evidence.reason).toBeTruthy();
  });

  test("a page whose host is not allowed: a browser would not see the token, which is given back", async () => {
    const { contract, genesys } = await startSet();
    for (const deployment of Object.values(genesys.store.state.deployments)) {
      deployment.allowedDomains = ["other.example"];
    }
    const error = await failure(contract);
    expect(error).toMatchObject({ code: "SIGN_IN_ORIGIN_NOT_ALLOWED", step: "token" });
    expect(error.steps.at(-1)).toMatchObject({ name: "revoke", ok: true });
    expect(genesys.store.state.revokedGuestTokens).toHaveLength(1);
  });
});

describe("an identity provider that is unlike the sandbox's", () => {
  test("a form sent by GET, hidden fields, ticked boxes and a question afterwards", async () => {
    const provider = await startProvider({
      "/authorize": `<form action="/check"><input name="csrf" type="hidden" value="t&amp;1">
        <input name="later" value="kept"><input type="checkbox" name="stay" checked><input type="checkbox" name="no">
        <input name="user" type="email"><input type="password" name="pw"><input type="submit" name="go" value="In"></form>`,
      "/check": `<form method="post" action="/allow"><button name="answer" value="yes">Allow</button></form>`,
    });
    const error = await failure(provider.contract);
    expect(provider.received("/check")).toEqual({
      csrf: "t&1",
      later: "kept",
      stay: "on",
      user: visitor.username,
      pw: visitor.password,
      go: "In",
    });
    expect(provider.received("/allow")).toEqual({ answer: "yes" });
    // All the way to Genesys, which this provider plays as well, without an exchange.
    expect(error).toMatchObject({ code: "SIGN_IN_EXCHANGE_REFUSED", step: "exchange" });
  });

  test.each([
    ["another state", { "/authorize": { state: "another" } }, "SIGN_IN_STATE_DIFFERS"],
    ["no code", { "/authorize": { code: undefined } }, "SIGN_IN_CALLBACK_ODD"],
    [
      "another issuer in the callback",
      { "/authorize": { iss: "https://other.example" } },
      "SIGN_IN_CALLBACK_ODD",
    ],
    ["a page without a form", { "/authorize": "<p>Use your phone</p>" }, "SIGN_IN_NO_LOGIN_FORM"],
    ["redirects without end", { "/authorize": "/authorize" }, "SIGN_IN_REDIRECT_LOOP"],
  ])("%s", async (_fault, routes, code) => {
    const { contract } = await startProvider(routes);
    expect((await failure(contract)).code).toBe(code);
  });

  test("a page that repeats the password is told without it, also where its text is cut", async () => {
    const password = "canary-password-of-a-visitor";
    for (const says of [`No ${password}.`, `${"x".repeat(190)}${password}`]) {
      const { contract } = await startProvider({
        "/authorize": `<form action="/check"><input name="user"><input type="password" name="pw"></form>`,
        "/check": `<p>${says}</p>`,
      });
      const error = await failure(contract, password);
      expect(JSON.stringify([error.message, error.steps])).toContain("page says");
      expect(JSON.stringify([error.message, error.steps])).not.toContain("canary");
    }
  });

  test.each([
    ["no JWT", { jwt: "opaque" }, "SIGN_IN_TOKEN_ODD"],
    ["a JWT that has expired", { jwt: jwtExpiring(-60) }, "SIGN_IN_TOKEN_ODD"],
    ["an answer of another kind", { token: "x" }, "SIGN_IN_EXCHANGE_ODD"],
  ])("Genesys answers the exchange with %s", async (_fault, answer, code) => {
    const { contract } = await startProvider({ "/authorize": {} }, answer);
    expect((await failure(contract)).code).toBe(code);
  });

  test("a refused renewal and a refused revocation: the first is thrown, both are among the steps", async () => {
    const { contract } = await startProvider(
      { "/authorize": {} },
      { jwt: jwtExpiring(60), refreshToken: "r" },
    );
    const error = await failure(contract);
    expect(error).toMatchObject({ code: "SIGN_IN_REFRESH_REFUSED", step: "refresh" });
    expect(error.steps.slice(-2)).toMatchObject([
      { name: "refresh", ok: false },
      { name: "revoke", ok: false, code: "SIGN_IN_REVOKE_REFUSED" },
    ]);
  });

  test("no refresh token although the page asks for one: the token is given back all the same", async () => {
    const { contract } = await startProvider({ "/authorize": {} }, { jwt: jwtExpiring(60) });
    const error = await failure(contract);
    expect(error).toMatchObject({ code: "SIGN_IN_NO_REFRESH_TOKEN", step: "refresh" });
    expect(error.steps.at(-1)).toMatchObject({ name: "revoke" });
  });

  test("a refused revocation alone is an error", async () => {
    const { contract } = await startProvider({ "/authorize": {} }, { jwt: jwtExpiring(60) });
    expect(await failure({ ...contract, scopes: ["openid"] })).toMatchObject({
      code: "SIGN_IN_REVOKE_REFUSED",
    });
  });
});

async function failure(contract: PageContract, password: string = visitor.password): Promise<SignInError> {
  const error = await signIn(contract, { ...visitor, password }).then(
    () => new Error("The sign-in worked."),
    (reason: unknown) => reason,
  );
  if (!(error instanceof SignInError)) throw error;
  return error;
}

function jwtExpiring(seconds: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ exp: Math.floor(Date.now() / 1_000) + seconds })}.`;
}
