import { describe, expect, test } from "vitest";
import type { PageContract } from "../../components/pageContract.ts";
import { checkSignIn } from "../../operations/signIn/check.ts";
import { type Attempt, checkPatiently } from "../../operations/signIn/patientSignIn.ts";
import type { TranscriptEntry } from "../../operations/signIn/transcript.ts";
import { visitor } from "../../sandbox/accounts.ts";
import { startSet } from "../browser/set.ts";
import { startProvider } from "./provider.ts";

const { contract, faults, genesys } = await startSet();
const exchange = "POST /api/v2/webdeployments/token/oauthcodegrantjwtexchange";
const discovery = "GET /.well-known/openid-configuration";
const authorize = "GET /services/oauth2/authorize";

describe("a verdict", () => {
  test("on a set that works", async () => {
    const verdict = await checkSignIn(contract, visitor);
    expect(verdict).toMatchObject({ ok: true, tried: true, subject: expect.stringMatching(/\/id\/00D/) });
    expect(verdict.failed).toBeUndefined();
  });

  test("on a set that does not work, with the step that failed", async () => {
    faults.on("client-secret-differs");
    expect(await checkSignIn(contract, visitor)).toMatchObject({
      ok: false,
      tried: true,
      failed: {
        step: "exchange",
        code: "SIGN_IN_EXCHANGE_REFUSED",
        what: "Genesys refused the exchange of the code.",
        evidence: { status: 401, contextId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        next: expect.any(String),
      },
    });
  });

  test("of a wrong password says nothing about the set", async () => {
    const verdict = await checkSignIn(contract, { ...visitor, password: "wrong-password" });
    expect(verdict).toMatchObject({ ok: false, tried: false, failed: { code: "SIGN_IN_LOGIN_REFUSED" } });
    expect(JSON.stringify(verdict)).not.toContain("wrong-password");
  });

  test.each([
    [
      "a code",
      `<form action="/in"><p>Enter the code that we sent to your phone</p><input name="code"></form>`,
    ],
    ["an approval", "<p>Approve it on your phone</p><script>wait()</script>"],
  ])("of a second factor, %s, says nothing about the set", async (_what, asked) => {
    const provider = await startProvider({
      "/authorize": `<form action="/in"><input name="user"><input type="password" name="pw"></form>`,
      "/in": asked,
    });
    expect(await checkSignIn(provider.contract, visitor)).toMatchObject({
      tried: false,
      failed: {
        code: "SIGN_IN_LOGIN_UNFINISHED",
        evidence: { "page says": expect.stringContaining("phone") },
      },
    });
  });

  test.each([
    ["a rate limit", "rate-limited", { match: exchange }, "SIGN_IN_UNAVAILABLE", "exchange"],
    ["a fault of the server", "internal-error", { match: exchange }, "SIGN_IN_UNAVAILABLE", "exchange"],
    ["a proxy's page", "html-answer", { match: exchange }, "SIGN_IN_UNAVAILABLE", "exchange"],
    ["an answer that got lost", "connection-reset", { match: exchange }, "SIGN_IN_NO_ANSWER", "exchange"],
    ["Salesforce down", "service-unavailable", { match: discovery }, "SIGN_IN_UNAVAILABLE", "discovery"],
    ["a log-in page that fails", "bad-gateway", { match: authorize }, "SIGN_IN_UNAVAILABLE", "authorize"],
    ["a proxy instead of the form", "html-answer", { match: authorize }, "SIGN_IN_NO_LOGIN_FORM", "login"],
    ["a proxy that took the form", "html-answer", { match: "POST /login" }, "SIGN_IN_UNAVAILABLE", "login"],
    ["a proxy after it", "html-answer", { match: `${authorize}/` }, "SIGN_IN_UNAVAILABLE", "login"],
  ])("of %s says nothing about the set", async (_what, fault, options, code, step) => {
    faults.on(fault, options);
    const { ok, tried, failed } = await checkSignIn(contract, visitor);
    expect({ ok, tried, code: failed?.code, step: failed?.step }).toEqual({
      ok: false,
      tried: false,
      code,
      step,
    });
  });

  test("comes within the deadline when a vendor is slow", async () => {
    faults.on("slow-answer", { match: exchange, milliseconds: 60_000 });
    const { failed } = await checkSignIn(contract, visitor, { answerDeadlineMs: 300 });
    expect(failed).toMatchObject({
      code: "SIGN_IN_NO_ANSWER",
      evidence: { reason: "nothing within 0.3 s" },
    });
  });
});

describe("a revocation whose answer is no answer", () => {
  test.each([["lost-response"], ["internal-error"]])("%s: is tried again", async (fault) => {
    const { revokedGuestTokens } = genesys.store.state;
    const before = revokedGuestTokens.length;
    faults.on(fault, { match: "DELETE /api/v2/webdeployments/token/revoke", count: 1 });
    expect(await checkSignIn(contract, visitor)).toMatchObject({ ok: true });
    expect(revokedGuestTokens).toHaveLength(before + 1);
  });

  test("that stays so is told", async () => {
    faults.on("internal-error", { match: "DELETE /api/v2/webdeployments/token/revoke" });
    expect(await checkSignIn(contract, visitor)).toMatchObject({
      ok: false,
      tried: false,
      failed: { step: "revoke", code: "SIGN_IN_UNAVAILABLE" },
    });
  });
});

describe("patience", () => {
  const quick = { pauseMs: 10, longestPauseMs: 40 };

  test("repeats until a sign-in works, and tells how long it took", async () => {
    faults.on("client-not-propagated");
    const attempts: Attempt[] = [];
    const onAttempt = (attempt: Attempt) => {
      attempts.push(attempt);
      if (attempt.number === 3) faults.allOff();
    };
    const verdict = await checkPatiently(contract, visitor, { ...quick, withinMs: 20_000, onAttempt });
    expect(verdict).toMatchObject({ ok: true, attempts: 4, tookMs: attempts.at(-1)?.afterMs });
    expect(attempts.map(({ verdict, nextInMs }) => [verdict.ok, nextInMs])).toEqual([
      [false, 10],
      [false, 20],
      [false, 40],
      [true, undefined],
    ]);
  });

  test("ends with the last verdict when the time is over", async () => {
    faults.on("eca-ghost");
    const verdict = await checkPatiently(contract, visitor, { ...quick, withinMs: 3_000 });
    expect(verdict).toMatchObject({ ok: false, tried: true, failed: { code: "SIGN_IN_EXCHANGE_REFUSED" } });
    expect(verdict.attempts).toBeGreaterThan(1);
  });

  test("does not repeat a wrong password: logins are locked by that", async () => {
    const wrong = { ...visitor, password: "wrong-password" };
    const verdict = await checkPatiently(contract, wrong, { ...quick, withinMs: 20_000 });
    expect(verdict).toMatchObject({ tried: false, attempts: 1 });
  });

  test("ends at once when it is interrupted", async () => {
    faults.on("eca-ghost");
    const interruption = new AbortController();
    const reason = new Error("interrupted");
    const checking = checkPatiently(contract, visitor, {
      withinMs: 60_000,
      pauseMs: 60_000,
      longestPauseMs: 50_000,
      signal: interruption.signal,
      onAttempt: () => interruption.abort(reason),
    });
    await expect(checking).rejects.toBe(reason);
  });
});

describe("the transcript", () => {
  test("has every request with its answer, and no secret", async () => {
    const { entries, secrets } = await transcribed(contract);
    expect(entries.map(({ method, url, status }) => `${method} ${url.split("?")[0]} ${status}`)).toEqual(
      expect.arrayContaining([
        `GET ${contract.discoveryUrl} 200`,
        `GET ${contract.authorizeUrl} 303`,
        `POST ${contract.genesysApiUrl}/api/v2/webdeployments/token/oauthcodegrantjwtexchange 200`,
        `DELETE ${contract.genesysApiUrl}/api/v2/webdeployments/token/revoke 204`,
      ]),
    );
    expect(secrets.size).toBeGreaterThan(5);
    const shown = JSON.stringify(entries);
    expect([...secrets].filter((secret) => shown.includes(secret))).toEqual([]);
    expect(shown).not.toMatch(/eyJ/);
  });

  test("has what the vendor's support asks for", async () => {
    faults.on("integration-disabled");
    const { entries } = await transcribed(contract);
    const refused = entries.at(-1);
    expect(Date.parse(refused?.at ?? "")).toBeGreaterThan(Date.now() - 60_000);
    expect(refused).toMatchObject({
      status: 401,
      requestBody: { deploymentId: contract.deploymentId, oauth: { redirectUri: contract.redirectUri } },
      answerHeaders: { "inin-correlation-id": expect.stringMatching(/^[0-9a-f-]{36}$/) },
      answerBody: { code: "unauthorized", status: 401, contextId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    expect(JSON.stringify(refused?.answerBody)).toContain("for token: [redacted] deploymentId: ");
  });

  test("has the requests that got no answer", async () => {
    faults.on("connection-reset", { match: exchange });
    const { entries } = await transcribed(contract);
    expect(entries.at(-1)).toMatchObject({ failure: expect.stringContaining("SIGN_IN_NO_ANSWER") });
    expect(entries.at(-1)?.status).toBeUndefined();
  });
});

/** A sign-in's transcript, and every value on the wire that may open something. */
async function transcribed(contract: PageContract) {
  const entries: TranscriptEntry[] = [];
  const secrets = new Set<string>([visitor.password]);
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const response = await realFetch(input, init);
    for (const text of [String(input), String(init?.body ?? ""), response.headers.get("location") ?? ""]) {
      const values = text.matchAll(/\b(?:code|state|nonce|codeVerifier|refreshToken)"?[=:]"?([\w.~-]{16,})/g);
      for (const [, value = ""] of values) secrets.add(value);
    }
    for (const [, value = ""] of (await response.clone().text()).matchAll(
      /"(?:jwt|refreshToken)":"([^"]+)"/g,
    ))
      secrets.add(value);
    return response;
  };
  try {
    await checkSignIn(contract, visitor, { onRequest: (entry) => entries.push(entry) });
  } finally {
    globalThis.fetch = realFetch;
  }
  return { entries, secrets };
}
