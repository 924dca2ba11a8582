import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { PageContract } from "../../components/pageContract.ts";
import { startWebPage } from "../../sandbox/webPage/server.ts";

const contract: PageContract = {
  deploymentId: "7a1c8f0e-0000-4000-8000-000000000001",
  genesysApiUrl: "https://api.mypurecloud.de",
  clientId: "client",
  discoveryUrl: "https://acme.my.salesforce.com/.well-known/openid-configuration",
  issuer: "https://acme.my.salesforce.com",
  authorizeUrl: "https://acme.my.salesforce.com/services/oauth2/authorize",
  redirectUri: "https://shop.example/signed-in",
  scopes: ["openid"],
  pkce: { required: true, method: "S256" },
};

test("without a page contract the page is served and has none", async () => {
  const { url } = await start();
  const page = await fetch(url);
  expect(page.status).toBe(200);
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(await page.text()).toContain('<script type="module" src="/page.js">');
  expect((await fetch(`${url}/page-contract.json`)).status).toBe(404);
  expect((await fetch(`${url}/signed-in`)).status).toBe(404);
  expect(await (await fetch(`${url}/_sandbox/health`)).json()).toMatchObject({ vendor: "webPage" });
});

test("with a page contract the page is served at the redirect URI too, and may talk to Genesys alone", async () => {
  const { url } = await start();
  expect((await put(url, contract)).status).toBe(204);
  const page = await fetch(`${url}/signed-in?code=c&state=s`);
  expect(page.status).toBe(200);
  expect(page.headers.get("content-security-policy")).toContain(
    "connect-src 'self' https://api.mypurecloud.de;",
  );
  expect(page.headers.get("referrer-policy")).toBe("no-referrer");
  expect(await (await fetch(`${url}/page-contract.json`)).json()).toEqual(contract);
  expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
});

test("every file that the page names is served", async () => {
  const { url } = await start();
  const html = await (await fetch(url)).text();
  const named = [...html.matchAll(/(?:src|href)="(\/[^"]+\.\w+)"/g)].map(([, path]) => path);
  expect(named).toEqual(["/theme.css", "/page.css", "/page.js"]);
  for (const path of [...named, "/signIn.js"]) {
    const file = await fetch(`${url}${path}`);
    expect(file.status, path).toBe(200);
    expect(file.headers.get("content-type"), path).toMatch(/^text\/(css|javascript); charset=utf-8$/);
  }
});

test("the page contract outlives the process when a file is given", async () => {
  const folder = mkdtempSync(join(tmpdir(), "web-page-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const dataFile = join(folder, "web-page.json");
  const first = await start(dataFile);
  await put(first.url, contract);
  await first.stop();
  const second = await start(dataFile);
  expect(await (await fetch(`${second.url}/page-contract.json`)).json()).toEqual(contract);
});

test.each([
  ["a missing member", { ...contract, clientId: undefined }, "clientId"],
  ["another PKCE method", { ...contract, pkce: { required: true, method: "plain" } }, "pkce/method"],
  ["a relative URL", { ...contract, redirectUri: "/signed-in" }, "redirectUri"],
])("a page contract with %s is refused", async (_fault, wrong, named) => {
  const { url } = await start();
  const answer = await put(url, wrong);
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain(named);
  expect((await fetch(`${url}/page-contract.json`)).status).toBe(404);
});

async function start(dataFile?: string) {
  const server = await startWebPage({ port: 0, dataFile });
  onTestFinished(server.stop);
  return server;
}

function put(url: string, body: object): Promise<Response> {
  return fetch(`${url}/_sandbox/page-contract`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
