import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { visitorFrom } from "../../cli/visitor.ts";
import { checkSignIn } from "../../operations/signIn/check.ts";
import { inBrowser } from "../../operations/signIn/inBrowser.ts";
import { pasted } from "../../operations/signIn/pasted.ts";
import { freeCallback, listenAtCallback } from "../../operations/signIn/redirectAddress.ts";
import { visitor } from "../../sandbox/accounts.ts";
import { portsInARow } from "../freePorts.ts";
import { Browser } from "../sandbox/browser.ts";
import { startSet } from "./set.ts";

const page = "https://shop.example/signed-in";

/** A set whose app also sends visitors back to this machine, to an address that is free. */
async function startSetWithCallback() {
  const callback = `http://127.0.0.1:${await portsInARow(1)}/back`;
  const set = await startSet({ salesforceSettings: { callbackUrl: `${page}\n${callback}` } });
  return { ...set, callback, callbackUrls: [page, callback] };
}

describe("in a browser", () => {
  test("the person signs in, is told to go back to the terminal, and the sign-in goes on", async () => {
    const { contract, genesys, callback, callbackUrls } = await startSetWithCallback();
    const address = await listen(callbackUrls);
    expect(address.redirectUri).toBe(callback);
    let told = "";
    const person = inBrowser(address, {
      withinMs: 10_000,
      show: async (url) => {
        const { url: back } = await browse(url);
        told = await (await fetch(back)).text();
      },
    });
    const verdict = await checkSignIn(contract, person);
    expect(verdict).toMatchObject({ ok: true });
    await expect.poll(() => told).toContain("Go back to the terminal");
    expect(verdict.steps.find(({ name }) => name === "login")?.evidence).toEqual({
      user: "in a browser",
      reached: callback,
    });
    expect(genesys.store.state.revokedGuestTokens).toHaveLength(1);
  });

  test("answers of other sign-ins, and other addresses, do not disturb", async () => {
    const { contract, callback, callbackUrls } = await startSetWithCallback();
    const statuses: number[] = [];
    const person = inBrowser(await listen(callbackUrls), {
      withinMs: 10_000,
      show: async (url) => {
        for (const stranger of [`${callback}?code=x&state=y`, `${callback}/favicon.ico`]) {
          statuses.push((await fetch(stranger)).status);
        }
        await fetch((await browse(url)).url);
      },
    });
    expect(await checkSignIn(contract, person)).toMatchObject({ ok: true });
    expect(statuses).toEqual([400, 404]);
  });

  test("what the provider says against it before any log-in is told without waiting", async () => {
    const { contract, callbackUrls } = await startSetWithCallback();
    const show = () => expect.unreachable("there is nothing to sign in at");
    const person = inBrowser(await listen(callbackUrls), { withinMs: 10_000, show });
    const verdict = await checkSignIn({ ...contract, scopes: ["openid", "wave_api"] }, person);
    expect(verdict).toMatchObject({ tried: true, failed: { code: "SIGN_IN_AUTHORIZE_REFUSED" } });
  });

  test("nobody comes: an error after the deadline, which says nothing about the set", async () => {
    const { contract, callbackUrls } = await startSetWithCallback();
    const person = inBrowser(await listen(callbackUrls), { withinMs: 200, show: () => undefined });
    expect(await checkSignIn(contract, person)).toMatchObject({
      ok: false,
      tried: false,
      failed: { step: "login", code: "SIGN_IN_NOBODY_CAME", next: expect.stringContaining("--wait") },
    });
  });

  test("an interruption ends the waiting", async () => {
    const { contract, callbackUrls } = await startSetWithCallback();
    const interruption = new AbortController();
    const reason = new Error("interrupted");
    const show = () => interruption.abort(reason);
    const person = inBrowser(await listen(callbackUrls), { withinMs: 60_000, show });
    await expect(checkSignIn(contract, person, { signal: interruption.signal })).rejects.toBe(reason);
  });
});

describe("the address to be sent back to", () => {
  test("is the first on this machine that is free", async () => {
    const taken = await startServer();
    const free = `http://localhost:${await portsInARow(1)}/b`;
    const callbackUrls = [page, `${taken}/a`, free];
    expect((await listen(callbackUrls)).redirectUri).toBe(free);
    expect(await freeCallback([page, `${taken}/a`])).toBeUndefined();
  });

  test("none: the error names each with the reason, and says how to add one", async () => {
    const taken = await startServer();
    await expect(listen([page, `${taken}/a`])).rejects.toThrow(
      /SIGN_IN_NO_REDIRECT_ADDRESS: [\s\S]*shop\.example\/signed-in \(not http on this machine\)[\s\S]*\/a \(something else listens there\)[\s\S]*next: Add one such as http:\/\/127\.0\.0\.1:\d+\/\S+ at the end of `callbackUrls`[\s\S]*--paste/,
    );
  });

  test("one that the app does not know is refused at once", async () => {
    await expect(listenAtCallback([page], "http://127.0.0.1:9/other")).rejects.toThrow(
      /SIGN_IN_NO_REDIRECT_ADDRESS: .*none of the app's callback URLs/,
    );
  });
});

describe("by a pasted address", () => {
  test("the sign-in goes on with the code in it", async () => {
    const { contract } = await startSet();
    const person = pasted(page, async (url) => `  ${(await browse(url)).url}\n`);
    expect(await checkSignIn(contract, person)).toMatchObject({ ok: true });
  });

  test.each([
    ["nothing", "", "0 characters that are no address"],
    ["the page after it has cleaned its address", page, "none"],
    ["another page", "https://shop.example/?code=c0de&state=s", "code state"],
  ])("%s: an error that shows no code", async (_what, text, evidence) => {
    const { contract } = await startSet();
    const verdict = await checkSignIn(
      contract,
      pasted(page, async () => text),
    );
    expect(verdict).toMatchObject({ tried: false, failed: { code: "SIGN_IN_ADDRESS_UNUSABLE" } });
    expect(Object.values(verdict.failed?.evidence ?? {})).toContain(evidence);
    expect(JSON.stringify(verdict)).not.toContain("c0de");
  });

  test("the answer of an earlier attempt is recognised by its state", async () => {
    const { contract } = await startSet();
    const verdict = await checkSignIn(
      contract,
      pasted(page, async () => `${page}?code=c0de&state=other`),
    );
    expect(verdict.failed).toMatchObject({ code: "SIGN_IN_STATE_DIFFERS" });
  });
});

test("without a terminal the password comes from the environment or not at all", async () => {
  const flags = { user: "somebody@shop.example", open: true, wait: 1 };
  const none = { set: { members: {} } } as Parameters<typeof visitorFrom>[1];
  const { signal } = new AbortController();
  delete process.env.AMSG_PASSWORD;
  await expect(visitorFrom(flags, none, signal)).rejects.toThrow(/SIGN_IN_NO_PASSWORD: [\s\S]*AMSG_PASSWORD/);
  process.env.AMSG_PASSWORD = "s3cret";
  onTestFinished(() => void delete process.env.AMSG_PASSWORD);
  expect(await visitorFrom(flags, none, signal)).toEqual({ username: flags.user, password: "s3cret" });
});

async function listen(callbackUrls: readonly string[]) {
  const address = await listenAtCallback(callbackUrls);
  onTestFinished(() => void address.server.close());
  return address;
}

/** Signs the visitor in as a person does, up to where the browser is sent back to. */
async function browse(authorizeUrl: URL) {
  const browser = new Browser();
  const login = await browser.visit(authorizeUrl.href);
  return browser.submit(login.url, visitor);
}

async function startServer(): Promise<string> {
  const server = createServer((_request, response) => response.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
