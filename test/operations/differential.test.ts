import { describe, expect, test } from "vitest";
import type { SignInVerdict } from "../../operations/signIn/check.ts";
import { checkDifferentially, type Side } from "../../operations/signIn/differential.ts";
import { readingOf } from "../../operations/signIn/differentialReading.ts";
import { directStepNames, stepNames } from "../../operations/signIn/steps.ts";
import type { TranscriptEntry } from "../../operations/signIn/transcript.ts";
import { visitor } from "../../sandbox/accounts.ts";
import { startSet } from "../browser/set.ts";
import { recordedSet } from "./recordedSet.ts";

const { contract, faults, genesys, salesforce } = await startSet();
const consumer = Object.values(salesforce.store.state.consumers).find(({ key }) => key === contract.clientId);
const client = { clientId: contract.clientId, clientSecret: consumer?.secret ?? "" };
const set = recordedSet(contract, client);
const redemption = "POST /services/oauth2/token";

/** Tokens of visitors that Salesforce still honours. */
function liveTokens(): string[] {
  const { artifacts } = salesforce.store.state;
  return Object.keys(artifacts).filter((key) => /^(AccessToken|RefreshToken):/.test(key));
}

test("both work: every step of both sides, and all tokens given back", async () => {
  const before = liveTokens();
  const seen: Record<Side, string[]> = { direct: [], throughGenesys: [] };
  const result = await checkDifferentially({ set }, visitor, {
    onStep: ({ name, ok }, side) => seen[side].push(`${name} ${ok}`),
  });
  expect(result.verdict).toMatchObject({ ok: true, tried: true, reading: "bothWork", causes: [] });
  const upToCode = stepNames.slice(0, 4);
  expect(seen.direct).toEqual([...upToCode, ...directStepNames, "revoke"].map((name) => `${name} true`));
  expect(seen.throughGenesys).toEqual(stepNames.map((name) => `${name} true`));
  expect(result.direct.idToken).toMatchObject({ alg: "RS256", aud: contract.clientId, nonce: "as sent" });
  expect(result.direct.steps.at(-1)?.evidence).toEqual({ token: "refresh token", status: 200 });
  expect(genesys.store.state.guestSessions).toEqual({});
  // Those that Genesys got for the visitor's session stay with Genesys; those of the direct redemption are gone.
  const issued = liveTokens().filter((token) => !before.includes(token));
  expect(issued.map((token) => token.split(":")[0]).toSorted()).toEqual(["AccessToken", "RefreshToken"]);
});

describe("the two by two names the side, and causes among which the true one is", () => {
  test.each([
    // Salesforce gives valid tokens, Genesys refuses.
    ["client-secret-differs", "genesysAlone", "A1", "credential"],
    ["client-id-differs", "genesysAlone", "A2", "credential"],
    ["other-integration", "genesysAlone", "A3", "credential"],
    ["sign-in-not-published", "genesysAlone", "A4", "credential"],
    ["integration-disabled", "genesysAlone", "A5", "credential"],
    ["discovery-url-of-other-host", "genesysAlone", "A7", "credential"],
    ["implicit-flow-expected", "genesysAlone", "A18", "credential"],
    // The ID token is odd.
    ["id-token-left-out", "idToken", "A10", "ECA"],
    ["nonce-left-out", "idToken", "A11", "ECA"],
    ["audience-without-client", "idToken", "A23", "ECA"],
    ["clock-behind", "idToken", "A24", "ECA"],
    ["algorithm-not-accepted", "idToken", "A25", "ECA"],
    ["subject-left-out", "idToken", "A26", "ECA"],
    ["signing-key-unknown", "idToken", "A9", "ECA"],
    // Neither can redeem.
    ["client-secret-rotated", "registration", "A1", "credential"],
    ["client-not-propagated", "registration", "A21", "ECA"],
    ["client-authentication-unsupported", "registration", "A17", "ECA"],
    ["code-verifier-refused", "registration", "A13", "ECA"],
    ["code-used-before", "registration", "A15", "ECA"],
    ["code-expired", "registration", "A16", "ECA"],
    // No code at all.
    ["callback-url-differs", "noCode", "A14", "ECA"],
    ["openid-scope-not-selected", "noCode", "A10", "ECA"],
    ["user-not-permitted", "noCode", "A20", "ECA"],
    ["oauth-link-dangling", "noCode", "A22", "ECA"],
    ["discovery-unreachable", "noCode", "A8", "ECA"],
    // Both redeem, and something else fails.
    ["page-not-allowed", "bothWork", "B1", "deployment"],
    ["refresh-token-useless", "bothWork", "B3", "ECA"],
  ])("%s: %s", async (fault, reading, cause, member) => {
    faults.on(fault);
    const { verdict, direct, throughGenesys } = await checkDifferentially({ set }, visitor);
    expect(verdict).toMatchObject({
      ok: false,
      tried: true,
      reading,
      members: expect.arrayContaining([member]),
    });
    expect(verdict.causes).toContain(cause);
    expect(verdict.members[0]).toBe(member);
    expect(verdict.next).not.toBe("");
    expect(throughGenesys === undefined).toBe(reading === "noCode");
    expect(JSON.stringify({ direct, throughGenesys })).not.toContain(client.clientSecret);
  });

  test("a fault inside Genesys or of the app that no read shows: Genesys alone refuses, and the app is not cleared", async () => {
    faults.on("eca-ghost");
    const { verdict } = await checkDifferentially({ set }, visitor);
    expect(verdict).toMatchObject({ reading: "genesysAlone", members: expect.arrayContaining(["ECA"]) });
    expect(verdict.next).toContain("does not clear the External Client App");
  });

  test("the stack's secret is old, sign-in works", async () => {
    const stale = recordedSet(contract, { ...client, clientSecret: "the-secret-of-last-year" });
    const { verdict, direct, throughGenesys } = await checkDifferentially({ set: stale }, visitor);
    expect(verdict).toMatchObject({ ok: false, tried: true, reading: "recordedClient" });
    expect(direct.failed).toMatchObject({
      code: "SIGN_IN_REDEMPTION_REFUSED",
      evidence: { status: 400, error: "invalid_client", description: "invalid client credentials" },
    });
    expect(throughGenesys).toMatchObject({ ok: true });
    expect(JSON.stringify(direct)).not.toContain("the-secret-of-last-year");
  });

  test("Genesys takes an ID token that the check does not", () => {
    const step = (name: SignInVerdict["steps"][number]["name"], ok = true) => ({
      name,
      ok,
      milliseconds: 1,
      evidence: {},
    });
    const direct: SignInVerdict = {
      ok: false,
      tried: true,
      steps: [step("redemption"), step("ID token", false)],
      failed: {
        step: "ID token",
        code: "SIGN_IN_ID_TOKEN_ODD",
        what: "",
        evidence: { flaw: "exp" },
        next: "",
      },
    };
    const genesys: SignInVerdict = { ok: true, tried: true, steps: [step("exchange")] };
    expect(readingOf(direct, genesys)).toMatchObject({ reading: "lenientGenesys", causes: ["A24"] });
  });
});

describe("what goes wrong with the check itself", () => {
  test.each([
    ["Salesforce's token endpoint is down", { match: redemption, vendor: "salesforce" }, "direct"],
    ["Genesys is down", { match: "POST /api/v2/webdeployments/token/" }, "throughGenesys"],
  ] as const)("%s: nothing is told", async (_what, options, side) => {
    faults.on("service-unavailable", options);
    const result = await checkDifferentially({ set }, visitor);
    expect(result.verdict).toMatchObject({ ok: false, tried: false, reading: "untold", causes: [] });
    expect(result[side]?.failed?.code).toBe("SIGN_IN_UNAVAILABLE");
  });

  test("a wrong password: nothing is told, and nobody tries again", async () => {
    const result = await checkDifferentially({ set }, { ...visitor, password: "wrong" });
    expect(result.verdict).toMatchObject({ tried: false, reading: "untold" });
    expect(result.throughGenesys).toBeUndefined();
  });

  test("a web page in place of the keys: the tokens are given back all the same", async () => {
    faults.on("html-answer", { match: "GET /id/keys" });
    const keys = await checkDifferentially({ set }, visitor);
    expect(keys.direct.failed).toMatchObject({ step: "ID token", code: "SIGN_IN_UNAVAILABLE" });
    expect(keys.direct.steps.at(-1)).toMatchObject({ name: "revoke", ok: true });
  });

  test("a revocation whose answer is lost is tried again", async () => {
    faults.on("lost-response", { match: "POST /services/oauth2/revoke", count: 1 });
    const { direct } = await checkDifferentially({ set }, visitor);
    expect(direct.steps.at(-1)).toMatchObject({ name: "revoke", ok: true, evidence: { status: 400 } });
  });

  test("tokens that cannot be given back are among the steps, and change no verdict", async () => {
    faults.on("internal-error", { match: "POST /services/oauth2/revoke" });
    const { direct, verdict } = await checkDifferentially({ set }, visitor);
    expect(verdict).toMatchObject({ ok: true, reading: "bothWork" });
    expect(direct.steps.at(-1)).toMatchObject({ name: "revoke", ok: false, code: "SIGN_IN_UNAVAILABLE" });
  });

  test("an interruption after the redemption still gives the tokens back", async () => {
    const interruption = new AbortController();
    const reason = new Error("interrupted");
    const revoked: TranscriptEntry[] = [];
    const checking = checkDifferentially({ set }, visitor, {
      signal: interruption.signal,
      onStep: ({ name }) => name === "redemption" && interruption.abort(reason),
      onRequest: (entry) => entry.url.endsWith("/services/oauth2/revoke") && revoked.push(entry),
    });
    await expect(checking).rejects.toBe(reason);
    expect(revoked.map(({ status }) => status)).toEqual([200]);
  });
});

test("no secret in the transcript of the direct redemption, the client's among them", async () => {
  const entries: TranscriptEntry[] = [];
  await checkDifferentially({ set }, visitor, { onRequest: (entry) => entries.push(entry) });
  const shown = JSON.stringify(entries);
  expect(shown).toContain("/services/oauth2/token");
  const basic = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString("base64");
  for (const secret of [client.clientSecret, visitor.password, basic]) expect(shown).not.toContain(secret);
  expect(shown).not.toMatch(/eyJ|00D\w+!/);
});
