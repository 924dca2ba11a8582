import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { XMLValidator } from "fast-xml-parser";
import { afterAll, describe, expect, test } from "vitest";
import { visitor } from "../../sandbox/accounts.ts";
import { amsg, amsgOn } from "../cli/amsg.ts";
import { openStack, printed, succeeded } from "./stack.ts";
import { logIns, settingsFor, startVendors } from "./vendors.ts";

const vendors = await startVendors();
const stack = await openStack({ settings: settingsFor(vendors), environment: logIns });
await succeeded(stack.up());
const folder = await mkdtemp(join(tmpdir(), "diagnose-"));
afterAll(() => rm(folder, { recursive: true }));

describe("amsg diagnose", () => {
  test("exit codes say whether it is healthy, what was found, or that nothing was and yet it does not work", async () => {
    const healthy = await amsgOn(stack, ["diagnose"]);
    expect(healthy.code, printed(healthy)).toBe(0);
    expect(healthy.stdout).toMatch(/✓ External Client App[\s\S]*A1 +ok[\s\S]*Nothing was found/);

    vendors.faults.on("integration-disabled");
    const [html, junit] = [join(folder, "report.html"), join(folder, "report.xml")];
    const found = await amsgOn(stack, ["diagnose", "--json", "--html", html, "--junit", junit]);
    vendors.faults.off("integration-disabled");
    expect(found.code, printed(found)).toBe(2);
    expect(JSON.parse(found.stdout)).toMatchObject({
      version: 1,
      conclusion: "findings",
      findings: [{ id: "A5", member: "integration", status: "finding", severity: "critical" }],
    });
    expect(await readFile(html, "utf8")).toMatch(
      /<strong>integration<\/strong> <span class="state">broken<\/span>/,
    );
    const xml = await readFile(junit, "utf8");
    expect(XMLValidator.validate(xml)).toBe(true);
    expect(xml).toMatch(/<testsuite [^>]*failures="1" errors="0"/);

    vendors.faults.on("integration-ghost");
    const env = { AMSG_PASSWORD: visitor.password };
    const ghost = await amsgOn(stack, ["diagnose", "--user", visitor.username], { env });
    vendors.faults.off("integration-ghost");
    expect(ghost.code, printed(ghost)).toBe(3);
    expect(ghost.stdout).toContain("npx amsg rebuild");

    const unwritten = await amsgOn(stack, ["diagnose", "--only", "A5", "--html", join(folder, "no", "such")]);
    expect([unwritten.code, unwritten.stderr]).toEqual([1, expect.stringContaining("REPORT_NOT_WRITTEN")]);
  });
});

test("--explain tells the story of a cause, or lists them all, without a stack", async () => {
  const [one, all, unknown] = await Promise.all([
    amsg(["diagnose", "--explain", "a7"]),
    amsg(["diagnose", "--explain", "--json"]),
    amsg(["diagnose", "--explain", "z9", "--json"]),
  ]);
  expect(one.stdout).toMatch(/^A7 Host of the discovery URL[\s\S]*symptom[\s\S]*fix by hand[\s\S]*source/);
  expect(JSON.parse(all.stdout).causes).toHaveLength(40);
  expect([unknown.code, unknown.stderr]).toEqual([
    64,
    expect.stringMatching(
      /^error: there is no cause Z9; there are A1, A2, .*, D2 \(with titles: --explain alone\)$/m,
    ),
  ]);
  expect(JSON.parse(unknown.stdout).error).toMatchObject({
    code: "COMMAND_LINE_WRONG",
    what: expect.stringContaining("no cause Z9"),
  });
  const only = await amsg(["diagnose", "--only", "a7,A99,nonsense"]);
  expect([only.code, only.stderr]).toEqual([64, expect.stringContaining("there is no cause A99, NONSENSE;")]);
});
