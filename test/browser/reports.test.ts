import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import type { CheckResult } from "../../operations/diagnosis/check.ts";
import { checks as allChecks } from "../../operations/diagnosis/checks/index.ts";
import { htmlReport } from "../../operations/diagnosis/report/html.ts";
import { asHtml } from "../../operations/rebuild/report.ts";
import type { MessagingSet } from "../../operations/stack/messagingSet.ts";
import { rebuiltAfterNewApp } from "../unit/rebuilt.ts";
import { isTooWide, openPage, startChromium } from "./chromium.ts";

const chromium = await startChromium();
const folder = await mkdtemp(join(tmpdir(), "reports-"));
afterAll(() => rm(folder, { recursive: true }));

const set = {
  project: "shop",
  stack: "production",
  name: "messaging",
  pageContract: { redirectUri: "https://shop.example/signed-in" },
  members: Object.fromEntries(
    ["ECA", "credential", "integration", "configuration", "deployment"].map((name) => [
      name,
      { id: "617686ca-ff9e-4a75-a66b-7a9b902bc6bc" },
    ]),
  ),
} as unknown as MessagingSet;

/** All checks, with what was found of some. */
function diagnosed(...found: string[]) {
  const checks = allChecks.map(({ id, title, severity, member, looks, fix }): CheckResult => {
    const isFound = found.includes(id);
    return {
      id,
      title,
      severity,
      member,
      looked: looks,
      status: isFound ? "finding" : "ok",
      ...(isFound && { what: "Something is wrong here." }),
      evidence: { url: `https://id.example/${"long".repeat(60)}`, said: "<script>alert(1)</script>" },
      fixByCode: fix.byCode,
      fixByHand: fix.byHand,
    };
  });
  const findings = checks.filter(({ status }) => status === "finding");
  return htmlReport({ set }, { checks, findings, signIn: undefined }, new Date(0));
}

const reports = {
  "a diagnosis of a healthy set": diagnosed(),
  "a diagnosis of a broken set": diagnosed("B3", "A7", "B1"),
  "a rebuild": asHtml(rebuiltAfterNewApp),
};

describe.each(Object.entries(reports))("the report of %s", (name, html) => {
  test.each(["light", "dark"] as const)(
    "stands alone and can be read on a phone, %s",
    async (colorScheme) => {
      const { page, complaints } = await openPage(chromium, {
        colorScheme,
        viewport: { width: 360, height: 740 },
      });
      const requests: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      const file = join(folder, `${name.replaceAll(" ", "-")}.html`);
      await writeFile(file, html);
      await page.goto(pathToFileURL(file).href);
      expect(requests).toEqual([page.url()]);
      expect(await isTooWide(page)).toBe(false);
      expect(await headingLevels(page)).toMatch(/^12(2|3|4)*$/);
      expect(await faintTexts(page)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );
});

test("a broken link of the chain leads by keyboard to what was found, the gravest first", async () => {
  const { page } = await openPage(chromium);
  await page.setContent(reports["a diagnosis of a broken set"]);
  const articles = await page.getByRole("article").getByRole("heading", { level: 3 }).allTextContents();
  expect(articles.map((heading) => heading.split(" ")[0])).toEqual(["A7", "B1", "B3"]);
  await expect(
    page.getByRole("listitem").filter({ hasText: "works worse" }).textContent(),
  ).resolves.toContain("B3");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.querySelector(":target")?.id)).toBe("A7");
});

function headingLevels(page: Page): Promise<string> {
  return page.evaluate(() =>
    [...document.querySelectorAll("h1,h2,h3,h4")].map(({ tagName }) => tagName[1]).join(""),
  );
}

/** Texts whose colour stands out from their background by less than the 4.5 to 1 of WCAG 2.2, 1.4.3. */
function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (colour: string) => {
      const [r = 0, g = 0, b = 0] = channels(colour).map((channel) => {
        const part = channel / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const backgroundOf = (element: Element | null): string => {
      if (element === null) return "rgb(255, 255, 255)";
      const { backgroundColor } = getComputedStyle(element);
      return channels(backgroundColor)[3] === 0 ? backgroundOf(element.parentElement) : backgroundColor;
    };
    const hasText = ({ childNodes }: Element) =>
      [...childNodes].some((node) => node.nodeType === 3 && node.nodeValue?.trim());
    return [...document.body.querySelectorAll("*")].filter(hasText).flatMap((element) => {
      const [one, other] = [luminance(getComputedStyle(element).color), luminance(backgroundOf(element))];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      return contrast < 4.5 ? [`${contrast.toFixed(1)}: ${element.textContent}`] : [];
    });
  });
}
