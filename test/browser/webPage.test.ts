import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { visitor } from "../../sandbox/accounts.ts";
import { isTooWide, openPage, startChromium } from "./chromium.ts";
import { startSet } from "./set.ts";

const { webPageUrl, faults, ledger, genesys, contract } = await startSet();
const chromium = await startChromium();

test("a visitor signs in, stays signed in over a reload, and signs out", async () => {
  const { page, complaints } = await openPage(chromium);
  await page.goto(webPageUrl);
  await signIn(page);
  await conversation(page).waitFor();
  expect(page.url()).toBe(contract.redirectUri);
  expect(await page.getByRole("status").textContent()).toBe("You are signed in.");
  await page.getByText(/\/id\/00D.*\/005/).waitFor();

  await page.reload();
  await conversation(page).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await signInButton(page).waitFor();
  expect(await conversation(page).isVisible()).toBe(false);
  expect(genesys.store.state.revokedGuestTokens).toHaveLength(1);
  await page.reload();
  await signInButton(page).waitFor();
  expect(complaints).toEqual([]);
});

test("the trace shows each request and answer, and no secret", async () => {
  const { page } = await openPage(chromium);
  const secrets: string[] = [];
  page.on("request", (request) => secrets.push(...secretsOf(new URL(request.url()), request.postData())));
  await page.goto(webPageUrl);
  await signIn(page);
  await conversation(page).waitFor();
  secrets.push(await page.evaluate(() => JSON.parse(sessionStorage.getItem("session") ?? "{}").jwt));
  const trace = await openTrace(page);
  expect(trace).toContain(`GET ${contract.authorizeUrl}`);
  expect(trace).toContain(`"client_id": "${contract.clientId}"`);
  expect(trace).toContain(`to ${contract.redirectUri}`);
  expect(trace).toContain(
    `POST ${contract.genesysApiUrl}/api/v2/webdeployments/token/oauthcodegrantjwtexchange`,
  );
  expect(trace).toContain("200 OK");
  // Authorize request: state and nonce; answer: code; exchange: code, nonce, verifier; and the token.
  expect(secrets.length).toBeGreaterThanOrEqual(7);
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(16);
    expect(trace).not.toContain(secret);
  }
});

test("after a wrong password the form says so and takes the right one", async () => {
  const { page, complaints } = await openPage(chromium);
  await page.goto(webPageUrl);
  await signIn(page, "wrong");
  expect(await page.getByRole("alert").textContent()).toContain("check your username and password");
  await page.getByLabel("Password").fill(visitor.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await conversation(page).waitFor();
  expect(complaints).toEqual([]);
});

test("with a broken set the visitor sees an error, and the trace has the contextId of the true reason", async () => {
  const { page, complaints } = await openPage(chromium);
  faults.on("integration-disabled");
  await page.goto(webPageUrl);
  await signIn(page);
  expect(await problem(page)).toBe("We could not sign you in: The messaging service could not identify you.");
  const trace = await openTrace(page);
  expect(trace).toContain("Exchange: failed, answered 401 unauthorized");
  expect(trace).toContain('"code": "unauthorized"');
  const contextId = /"contextId": "([^"]+)"/.exec(trace)?.[1] ?? "";
  expect(ledger.find(contextId)?.reason).toBe("integration_not_active");
  // The browser's own line about the answer, and nothing else.
  expect(complaints).toEqual([expect.stringContaining("401")]);

  faults.off("integration-disabled");
  await signInButton(page).click();
  await conversation(page).waitFor();
  expect(await page.getByRole("alert").isVisible()).toBe(false);
});

test.each(["page-not-allowed", "connection-reset", "internal-error"])(
  "the fault %s leaves no answer that the page may read: an error for the visitor, not an endless wait",
  async (fault) => {
    const { page } = await openPage(chromium);
    const match = "POST /api/v2/webdeployments/token/";
    faults.on(fault, fault === "page-not-allowed" ? {} : { match });
    await page.goto(webPageUrl);
    await signIn(page);
    expect(await problem(page)).toBe("We could not sign you in: The messaging service cannot be reached.");
    await signInButton(page).waitFor();
  },
);

test("an answer of something else than Genesys is an error for the visitor", async () => {
  const { page, complaints } = await openPage(chromium);
  const headers = { "access-control-allow-origin": "*" };
  await page.route("**/oauthcodegrantjwtexchange", (route) =>
    route.fulfill({ headers, contentType: "text/html", body: "<h1>Back soon</h1>" }),
  );
  await page.goto(webPageUrl);
  await signIn(page);
  expect(await problem(page)).toBe(
    "We could not sign you in: The messaging service did not answer as it should.",
  );
  expect(await openTrace(page)).toContain("<h1>Back soon</h1>");
  expect(complaints).toEqual([]);
});

test("what Salesforce says against a sign-in comes back to the visitor", async () => {
  const { page, complaints } = await openPage(chromium);
  faults.on("user-not-permitted");
  await page.goto(webPageUrl);
  await signIn(page);
  expect(await problem(page)).toBe("We could not sign you in: Salesforce did not let you in.");
  expect(await openTrace(page)).toContain("Answer of the provider: failed, ");
  expect(complaints).toEqual([]);
});

test("everything can be done by keyboard", async () => {
  const { page, complaints } = await openPage(chromium);
  const { keyboard } = page;
  await page.goto(webPageUrl);
  await signInButton(page).waitFor();
  await tabTo(page, "Sign in with Salesforce");
  await keyboard.press("Enter");
  await page.getByLabel("Username").waitFor();
  await tabTo(page, "Username");
  await keyboard.type(visitor.username);
  await tabTo(page, "Password");
  await keyboard.type(visitor.password);
  await keyboard.press("Enter");
  await conversation(page).waitFor();
  await tabTo(page, "What happened, step by step");
  await keyboard.press("Enter");
  await tabTo(page, "Exchange: done, answered 200");
  await keyboard.press("Enter");
  await page.getByText("200 OK").waitFor();
  await page.reload();
  await conversation(page).waitFor();
  await tabTo(page, "Sign out");
  await keyboard.press("Enter");
  await signInButton(page).waitFor();
  await expect.poll(() => focused(page)).toBe("Sign in with Salesforce");
  expect(complaints).toEqual([]);
});

test.each(["light", "dark"] as const)(
  "on a phone, %s, nothing is wider than the screen",
  async (colorScheme) => {
    const { page } = await openPage(chromium, {
      colorScheme,
      viewport: { width: 360, height: 740 },
      isMobile: true,
      hasTouch: true,
    });
    await page.goto(webPageUrl);
    await signInButton(page).waitFor();
    expect(await isTooWide(page)).toBe(false);
    await signInButton(page).tap();
    await page.getByLabel("Username").fill(visitor.username);
    expect(await isTooWide(page)).toBe(false);
    await page.getByLabel("Password").fill(visitor.password);
    await page.getByRole("button", { name: "Log in" }).tap();
    await conversation(page).waitFor();
    await openTrace(page);
    expect(await isTooWide(page)).toBe(false);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(ground).toBe(colorScheme === "light" ? "rgb(246, 248, 250)" : "rgb(15, 18, 21)");
  },
);

const signInButton = (page: Page) => page.getByRole("button", { name: "Sign in with Salesforce" });
const conversation = (page: Page) => page.getByRole("heading", { name: "Conversation" });

/** From the company's page through the log-in form. */
async function signIn(page: Page, password: string = visitor.password): Promise<void> {
  await signInButton(page).click();
  await page.getByLabel("Username").fill(visitor.username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

/** What the visitor is told when it is no use. */
async function problem(page: Page): Promise<string> {
  const alert = page.getByRole("alert");
  await alert.waitFor();
  return (await alert.innerText()).split(/\n+/).join(": ");
}

/** Opens the trace and each of its steps; its text. */
async function openTrace(page: Page): Promise<string> {
  await page.getByText("What happened, step by step").click();
  const closed = page.locator("#steps details:not([open]) > summary");
  while ((await closed.count()) > 0) await closed.first().click();
  return page.locator("#trace").innerText();
}

/** Presses Tab until the element with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  while (passed.length < 20) {
    await page.keyboard.press("Tab");
    const now = await focused(page);
    if (now === name) return;
    passed.push(now);
  }
  throw new Error(`Tab does not lead to "${name}", only to ${passed.join(", ")}.`);
}

function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    const label = element instanceof HTMLInputElement ? element.labels?.[0] : element;
    return label?.textContent ?? "";
  });
}

/** What may open something, in the requests of a page. */
function secretsOf({ searchParams }: URL, body: string | null): string[] {
  const { oauth = {} } = body?.startsWith("{") ? JSON.parse(body) : {};
  const parameters = ["code", "state", "nonce"].map((name) => searchParams.get(name));
  return [...parameters, oauth.code, oauth.codeVerifier, oauth.nonce].filter(Boolean);
}
