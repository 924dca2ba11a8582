import { expect, test } from "vitest";
import type { PageContract } from "../../components/pageContract.ts";
import { sender } from "../../operations/http.ts";
import { Browser } from "../../operations/signIn/browser.ts";
import { logIn } from "../../operations/signIn/provider.ts";
import { visitor } from "../../sandbox/accounts.ts";
import {
  beginSignIn,
  currentSession,
  finishSignIn,
  isCallback,
  SignInFailed,
  signOut,
  steps,
} from "../../sandbox/webPage/signIn.js";
import { startSet } from "../operations/set.ts";

test("a visitor signs in on the page, stays signed in over a reload, and signs out", async () => {
  const { contract, genesys } = await startSet();
  const memory = emptyMemory();
  const callback = await visit(contract, await beginSignIn(contract, memory));
  expect(isCallback(callback)).toBe(true);
  const session = await finishSignIn(contract, callback, memory);
  expect(session.subject).toMatch(/\/id\/00D/);
  expect(session.expiresAt).toBeGreaterThan(Date.now());
  expect(currentSession(memory)).toEqual(session);
  expect(steps(memory).map(({ name, ok }) => `${name} ${ok}`)).toEqual([
    "Authorize request true",
    "Answer of the provider true",
    "Exchange true",
  ]);

  await signOut(contract, memory);
  expect(currentSession(memory)).toBeUndefined();
  expect(genesys.store.state.revokedGuestTokens).toHaveLength(1);
  expect(JSON.stringify(steps(memory))).not.toMatch(/eyJ/);
});

test("when the exchange is refused, the visitor is told so and the trace has the context id", async () => {
  const { contract, genesys } = await startSet({ secretAtGenesys: "another-secret" });
  const memory = emptyMemory();
  const callback = await visit(contract, await beginSignIn(contract, memory));
  await expect(finishSignIn(contract, callback, memory)).rejects.toThrow(SignInFailed);
  const last = steps(memory).at(-1);
  expect(last).toMatchObject({ name: "Exchange", ok: false });
  expect(last?.answer?.line).toBe("401 Unauthorized");
  expect(last?.answer?.content).toMatchObject({
    code: "unauthorized",
    message: `Failed to identify user for token: (hidden) deploymentId: ${contract.deploymentId}`,
  });
  expect(genesys.ledger.find(last?.contextId ?? "")?.reason).toBe("client_refused");
  expect(currentSession(memory)).toBeUndefined();
});

test("a callback is good for one use, and only where the sign-in began", async () => {
  const { contract } = await startSet();
  const memory = emptyMemory();
  const callback = await visit(contract, await beginSignIn(contract, memory));
  await expect(finishSignIn(contract, callback, emptyMemory())).rejects.toThrow("was not begun here");
  await finishSignIn(contract, callback, memory);
  await expect(finishSignIn(contract, callback, memory)).rejects.toThrow("was finished already");
});

test("what the provider says against a sign-in is in the trace", async () => {
  const { contract } = await startSet();
  const memory = emptyMemory();
  const url = await beginSignIn({ ...contract, scopes: ["openid", "wave_api"] }, memory);
  const callback = await visit(contract, url);
  await expect(finishSignIn(contract, callback, memory)).rejects.toThrow("Salesforce did not let you in.");
  expect(steps(memory).at(-1)).toMatchObject({ name: "Answer of the provider", ok: false });
  expect(steps(memory).at(-1)?.detail).toContain("invalid_scope");
});

test("a Genesys that is not there", async () => {
  const { contract } = await startSet();
  const memory = emptyMemory();
  const callback = await visit(contract, await beginSignIn(contract, memory));
  const elsewhere = { ...contract, genesysApiUrl: "http://127.0.0.1:9" };
  await expect(finishSignIn(elsewhere, callback, memory)).rejects.toThrow("cannot be reached");
});

/** Goes where the page sends the visitor, logs in there, and gives the address that leads back to the page. */
async function visit({ redirectUri }: PageContract, url: string): Promise<URL> {
  const browser = new Browser(sender(undefined), redirectUri, (text) => text);
  return logIn(browser, await browser.open(new URL(url)), visitor);
}

function emptyMemory() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}
