import { describe, expect, test } from "vitest";
import { check } from "../../operations/rebuild/check.ts";
import { visitor } from "../../sandbox/accounts.ts";
import { startSet } from "../browser/set.ts";

const { contract, faults } = await startSet();
const token = "POST /services/oauth2/token";
const exchange = "POST /api/v2/webdeployments/token/oauthcodegrantjwtexchange";

function checked({ withinMs = 0, inARow = 1, onAttempt = () => {} } = {}) {
  return check(contract, visitor, { withinMs, inARow, signal: undefined, onAttempt });
}

describe("a sign-in that fails is no verdict on the set", () => {
  test("while it fails less than three times, however short the patience", async () => {
    faults.on("client-not-propagated", { count: 2 });
    expect(await checked()).toMatchObject({ ok: true, attempts: 3, failures: 2, inARow: 1 });
  });

  test("when a machine on the way answered for the form of the log-in: it is repeated", async () => {
    faults.on("html-answer", { match: "POST /login", count: 2 });
    expect(await checked()).toMatchObject({ ok: true, attempts: 3, failures: 2 });
  });

  test.each([
    ["is down", "service-unavailable", token],
    ["is rate limited", "rate-limited-without-retry-after", token],
    ["answers with a web page", "html-answer", token],
    ["breaks off", "connection-reset", token],
    ["does not hand out its keys", "bad-gateway", "GET /id/keys"],
  ])("while Salesforce, of which Genesys asks what it needs, %s", async (_what, fault, match) => {
    faults.on(fault, { match });
    const verdict = await checked();
    expect(verdict).toMatchObject({ ok: false, tried: false, failures: 3 });
    expect(verdict.failed).toMatchObject({
      step: "exchange",
      code: expect.stringMatching(/^SIGN_IN_(UNAVAILABLE|NO_ANSWER)$/),
      what: expect.stringContaining("It may be no fault of the set"),
      evidence: { contextId: expect.any(String) },
    });
  });

  test("when the discovery document is a web page: no member makes it another", async () => {
    faults.on("html-answer", { match: "GET /.well-known/openid-configuration" });
    expect(await checked()).toMatchObject({ ok: false, tried: false, failed: { step: "discovery" } });
  });

  test("and it is one when Salesforce answers all the same", async () => {
    faults.on("eca-ghost");
    expect(await checked()).toMatchObject({
      ok: false,
      tried: true,
      failures: 3,
      inARow: 0,
      failed: { code: "SIGN_IN_EXCHANGE_REFUSED" },
    });
  });
});

describe("a sign-in that works is a cure", () => {
  test("only when the next ones work too", async () => {
    expect(await checked({ inARow: 3 })).toMatchObject({ ok: true, attempts: 3, failures: 0, inARow: 3 });
  });

  test("not yet when the next one fails", async () => {
    // Works, fails, then works for good.
    faults.on("client-not-propagated", { nth: 2 });
    expect(await checked({ inARow: 3 })).toMatchObject({ ok: true, attempts: 5, failures: 1, inARow: 3 });
  });

  test("also when one in between says nothing about the set", async () => {
    faults.on("html-answer", { match: exchange, nth: 2 });
    expect(await checked({ inARow: 3 })).toMatchObject({ ok: true, attempts: 4, failures: 1, inARow: 3 });
  });
});
