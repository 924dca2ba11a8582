import { describe, expect, test } from "vitest";
import { checkNegatively, type Probe } from "../../operations/signIn/negative.ts";
import { startSet } from "../browser/set.ts";
import { recordedSet } from "./recordedSet.ts";

const { contract, faults, genesys, salesforce } = await startSet();
const consumer = Object.values(salesforce.store.state.consumers).find(({ key }) => key === contract.clientId);
const client = { clientId: contract.clientId, clientSecret: consumer?.secret ?? "" };
const set = recordedSet(contract, client);

const healthy = {
  // One and the same answer to everything.
  exchange: "cannotTell",
  deployment: "yes",
  "let visitors": "yes",
  "client id": "yes",
  client_secret_basic: "yes",
  client_secret_post: "yes",
};

describe("what both sides recognise", () => {
  test("of a set that works, without a user and without a trace", async () => {
    const seen: Probe[] = [];
    const verdict = await checkNegatively({ set }, { onProbe: (probe) => seen.push(probe) });
    expect(verdict).toMatchObject({ ok: true, tried: true });
    expect(answers(verdict.probes)).toEqual(healthy);
    expect(new Set(seen)).toEqual(new Set(verdict.probes));
    expect(verdict.probes[0]?.evidence).toMatchObject({ "deployment's status": "Active" });
    expect(verdict.probes.at(-1)?.evidence).toMatchObject({
      said: "400 invalid_grant expired authorization code",
      "to what cannot be right": "400 invalid_client invalid client credentials",
    });
    const { guestSessions, revokedGuestTokens } = genesys.store.state;
    expect([guestSessions, revokedGuestTokens]).toEqual([{}, []]);
    expect(Object.keys(salesforce.store.state.artifacts).filter((key) => /Token:/.test(key))).toEqual([]);
    expect(JSON.stringify(verdict)).not.toContain(client.clientSecret);
  });

  test("a deployment that is not there", async () => {
    const deploymentId = "00000000-0000-4000-8000-000000000000";
    const verdict = await checkNegatively({ set: { ...set, pageContract: { ...contract, deploymentId } } });
    expect(verdict).toMatchObject({ ok: false, tried: true });
    expect(answers(verdict.probes)).toEqual({ ...healthy, deployment: "no" });
  });

  test("a secret that was rotated at Salesforce", async () => {
    faults.on("client-secret-rotated");
    const verdict = await checkNegatively({ set });
    expect(verdict).toMatchObject({ ok: false, tried: true });
    expect(answers(verdict.probes)).toEqual({
      ...healthy,
      client_secret_basic: "no",
      client_secret_post: "no",
    });
  });

  test("a client that Salesforce does not know: of its secret nothing can be told", async () => {
    const other = { ...client, clientId: "3MVG9.of.another.app" };
    const verdict = await checkNegatively({ set: recordedSet(contract, other) });
    expect(answers(verdict.probes)).toEqual({
      ...healthy,
      "client id": "no",
      client_secret_basic: "cannotTell",
      client_secret_post: "cannotTell",
    });
  });

  test("a callback URL that differs", async () => {
    faults.on("callback-url-differs");
    expect(answers((await checkNegatively({ set })).probes)).toMatchObject({ "let visitors": "no" });
  });

  test("a secret that differs at Genesys alone cannot be told, and is not claimed to be fine", async () => {
    faults.on("client-secret-differs");
    expect(answers((await checkNegatively({ set })).probes)).toEqual(healthy);
  });
});

describe("vendors that do not answer", () => {
  test.each([
    ["service-unavailable", {}, "SIGN_IN_UNAVAILABLE"],
    ["connection-reset", {}, "SIGN_IN_NO_ANSWER"],
    ["html-answer", { vendor: "genesys" }, "SIGN_IN_UNAVAILABLE"],
    ["slow-answer", { milliseconds: 60_000 }, "SIGN_IN_NO_ANSWER"],
  ])("%s: not tried, with the code, within the deadline", async (fault, options, code) => {
    faults.on(fault, options);
    const verdict = await checkNegatively({ set }, { answerDeadlineMs: 300 });
    expect(verdict).toMatchObject({ ok: true, tried: false });
    expect(verdict.probes.filter((probe) => probe.code === code).length).toBeGreaterThan(1);
    expect(verdict.probes.filter(({ answer }) => answer === "no")).toEqual([]);
  });

  test("a discovery document that is a web page is a fault of its own", async () => {
    faults.on("discovery-unreachable");
    const { ok, tried, probes } = await checkNegatively({ set });
    expect({ ok, tried }).toEqual({ ok: false, tried: true });
    expect(probes.at(-1)).toMatchObject({ answer: "no", code: "SIGN_IN_DISCOVERY_ODD" });
  });
});

/** Each answer by a word of its question. */
function answers(probes: readonly Probe[]): Record<string, string> {
  return Object.fromEntries(
    probes.map(({ question, answer }) => [
      Object.keys(healthy).find((word) => question.includes(word)) ?? question,
      answer,
    ]),
  );
}
