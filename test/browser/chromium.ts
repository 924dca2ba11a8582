import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflate } from "@sparticuz/chromium";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, onTestFinished } from "vitest";

const packages = fileURLToPath(new URL("../../node_modules", import.meta.url));
const browserPackage = join(packages, "@sparticuz", "chromium");

/**
 * A real browser as long as the test file runs. All of it comes from the npm package @sparticuz/chromium: program,
 * libraries and a font; the machine gives no more than Linux on x64 and its C library.
 */
export async function startChromium(): Promise<Browser> {
  try {
    const folder = await unpacked();
    const browser = await chromium.launch({
      executablePath: join(folder, "chromium"),
      // Tests may run as root, whom Chromium's own sandbox does not serve. Its background traffic is off by default.
      chromiumSandbox: false,
      env: { LD_LIBRARY_PATH: join(folder, "al2023", "lib"), FONTCONFIG_PATH: folder, HOME: folder },
      timeout: 30_000,
    });
    afterAll(() => browser.close());
    return browser;
  } catch (cause) {
    const needs = "It needs Linux on x64 with glibc, and the packages as `npm ci` installs them.";
    throw new Error(`Chromium did not start, so the pages cannot be tested. ${needs}\n${cause}`, { cause });
  }
}

/** The folder of the unpacked browser, which takes 2 seconds once and is kept as long as the packages are. */
async function unpacked(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(browserPackage, "package.json"), "utf8"));
  const cache = join(packages, ".cache");
  const folder = join(cache, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(`${folder}-`);
  try {
    await unpackInto(fresh);
    writeFileSync(join(fresh, "fonts.conf"), fontsOf(folder));
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true });
    // Another test file may have been quicker.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

async function unpackInto(folder: string): Promise<void> {
  const { TMPDIR } = process.env;
  // The package unpacks into the folder for temporary files, wherever that is.
  process.env.TMPDIR = folder;
  try {
    for (const archive of ["chromium.br", "al2023.tar.br", "fonts.tar.br"]) {
      await inflate(join(browserPackage, "bin", archive));
    }
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

function fontsOf(folder: string): string {
  return `<?xml version="1.0"?>
<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>
`;
}

/** A page of a browser of its own, and what it complained about: console errors and uncaught exceptions. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (line) => {
    if (["error", "warning"].includes(line.type())) complaints.push(line.text());
  });
  return { page, complaints };
}

/** Whether the page is wider than the screen, so that one would have to scroll sideways. */
export function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}
