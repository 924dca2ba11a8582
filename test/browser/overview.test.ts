import { expect, test } from "vitest";
import { isTooWide, openPage, startChromium } from "./chromium.ts";
import { startSet } from "./set.ts";

const { webPageUrl, salesforceUrl, genesysUrl, faults, genesys, ids, contract } = await startSet();
const chromium = await startChromium();

test("the orgs and the members of the set are shown, in the order of a sign-in, without a secret", async () => {
  const { page, complaints } = await openOverview();
  expect(await page.locator("#orgs").innerText()).toContain(salesforceUrl);
  expect(await page.locator("#orgs").innerText()).toContain(genesysUrl);
  const members = await page.locator(".member").allInnerTexts();
  expect(members.map((text) => text.split("\n").filter(Boolean))).toEqual([
    ["web page", contract.redirectUri, "leads to its app"],
    ["deployment", "site", "Active", ids.deploymentId],
    ["configuration", "messenger", "published once", ids.configurationId],
    ["integration", "sign-in", "ACTIVE", ids.integrationId],
    ["credential", "c", "stored", ids.credentialId],
    ["ECA", "Web messaging", "enabled", "Web_Messaging"],
  ]);
  expect(await page.locator(".member.broken").count()).toBe(0);
  const secret = genesys.store.state.credentials[ids.credentialId]?.fields.clientSecret;
  expect(secret).toMatch(/^\w{32,}$/);
  expect(await page.content()).not.toContain(secret);
  expect(complaints).toEqual([]);
});

test("a fault is switched on and off; its member shows it meanwhile", async () => {
  const { page, complaints } = await openOverview();
  await page.getByText("In the set: ").click();
  const fault = page.getByRole("switch", { name: "integration-disabled" });
  const integration = page.locator(".member", { hasText: ids.integrationId });
  await fault.check();
  await page.getByText("On: integration-disabled").waitFor();
  expect(faults.names).toEqual(["integration-disabled"]);
  await integration.getByText("INACTIVE").waitFor();
  await fault.uncheck();
  await page.getByText("None is on.").waitFor();
  expect(faults.names).toEqual([]);
  await integration.getByText("ACTIVE", { exact: true }).waitFor();
  expect(complaints).toEqual([]);
});

test("faults that are switched elsewhere appear, count what they strike, and can all be switched off", async () => {
  const { page } = await openOverview();
  faults.on("internal-error", { match: "GET /api/v2/x" });
  faults.on("integration-ghost");
  await page.getByText("On: internal-error, integration-ghost").waitFor();
  await fetch(`${genesysUrl}/api/v2/x`);
  await page.getByText("On the way: ").click();
  await page.getByText("On, match GET /api/v2/x, struck 1 of 1 requests").waitFor();
  await page.getByRole("button", { name: "Switch all off" }).click();
  await page.getByText("None is on.").waitFor();
  expect(faults.names).toEqual([]);
});

test("a fault that finds nothing to put wrong says so, and stays off", async () => {
  const { page } = await openOverview();
  const { deployments } = genesys.store.state;
  genesys.store.state.deployments = {};
  try {
    await page.getByText("In the set: ").click();
    // Not check(), which insists on the switch staying on.
    await page.getByRole("switch", { name: "deployment-inactive" }).click();
    await page
      .getByRole("alert")
      .getByText("found nothing that it could put wrong. There is no deployment")
      .waitFor();
    await expect
      .poll(() => page.getByRole("switch", { name: "deployment-inactive" }).isChecked())
      .toBe(false);
    // What the deployment held together falls apart.
    await page.locator(".member.broken", { hasText: ids.deploymentId }).getByText("not there").waitFor();
  } finally {
    genesys.store.state.deployments = deployments;
  }
});

test("requests appear as they are answered, the newest first", async () => {
  const { page } = await openOverview();
  await fetch(`${genesysUrl}/api/v2/organizations/me?secret=hidden`);
  const newest = page.locator("#requests li").first();
  await newest.getByText("GET /api/v2/organizations/me", { exact: true }).waitFor();
  expect(await newest.innerText()).toContain("401");
});

test("faults are found by words and switched by keyboard; nothing is wider than a phone", async () => {
  const { page, complaints } = await openOverview(360);
  await page.getByLabel("Find").fill("ghost credential");
  expect(await page.getByRole("switch").count()).toBe(1);
  expect(await isTooWide(page)).toBe(false);
  await page.getByRole("switch").focus();
  await page.keyboard.press("Space");
  await page.getByText("On: credential-ghost").waitFor();
  expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("switch");
  await page.keyboard.press("Space");
  await page.getByText("None is on.").waitFor();
  await page.getByLabel("Find").fill("");
  for (const group of await page.locator("#faults summary").all()) await group.click();
  expect(await isTooWide(page)).toBe(false);
  expect(complaints).toEqual([]);
});

test("a sandbox that stopped is said to have stopped", async () => {
  const { page } = await openOverview();
  await page.route("**/_sandbox/**", (route) => route.abort());
  await page.getByText("The sandbox does not answer.").waitFor();
});

async function openOverview(width = 1280) {
  const opened = await openPage(chromium, { viewport: { width, height: 740 } });
  await opened.page.goto(`${webPageUrl}/sandbox`);
  await opened.page.getByText("Shows what is now.").waitFor();
  return opened;
}
