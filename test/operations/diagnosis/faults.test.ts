import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { conclusionOf } from "../../../operations/diagnosis/report/conclusion.ts";
import { visitor } from "../../../sandbox/accounts.ts";
import { faults } from "../../../sandbox/faults/index.ts";
import { startSandbox } from "../../../sandbox/sandbox.ts";
import { connectionsTo } from "../../connections.ts";
import { foundIn, makeSet } from "./set.ts";

const page = new URL("../../../docs/diagnosis.md", import.meta.url);
const [begin, end] = ["<!-- fault by fault: begin -->", "<!-- fault by fault: end -->"];

/** Faults that diagnosis cannot name, and why not. */
const misses: Readonly<Record<string, string>> = {
  "subject-not-found": "Nothing but the exchange shows it; whether it exists at all is disputed.",
};
/** Faults that a sign-in in a new browser does not meet: the set is healthy, and diagnosis says so. */
const ofBrowsers: Readonly<Record<string, string>> = {
  "guest-tokens-forgotten": "Only a browser that keeps older tokens meets it; a new sign-in works.",
  "session-cookie-blocked": "Only a silent sign-in in a frame meets it; any other works.",
};
/** What a page does beyond its contract, for the faults that only such a page meets. */
const maxAges: Readonly<Record<string, number>> = { "auth-time-left-out": 600 };

const ofSet = faults.filter(({ kind }) => kind === "set");
const rows = new Map<string, { without: string[]; withVisitor: string[]; signIn: boolean }>();

async function startOnce() {
  const sandbox = await startSandbox({ limits: { requestsPerMinute: Infinity, loginsPerMinute: Infinity } });
  return { sandbox, ...(await makeSet(connectionsTo(sandbox))) };
}

let set: Awaited<ReturnType<typeof startOnce>>;
beforeAll(async () => {
  set = await startOnce();
  return () => set.sandbox.stop();
});

describe("each fault in the set is named, and no other cause with it", () => {
  test.each(ofSet)("$name: $cause", async ({ name, cause = "" }) => {
    set.sandbox.faults.on(name);
    const maxAge = maxAges[name];
    const without = await set.diagnose();
    const withVisitor = await set.diagnose({ visitor, maxAge });
    set.sandbox.faults.off(name);

    const seen = { without: foundIn(without), withVisitor: foundIn(withVisitor) };
    rows.set(name, { ...seen, signIn: withVisitor.signIn?.ok === true });
    expect(seen.without.every((found) => found.split(" or ").includes(cause))).toBe(true);
    if (name in ofBrowsers) {
      expect(seen.withVisitor).toEqual([]);
      expect(conclusionOf(withVisitor)).toBe("healthy");
    } else if (name in misses) {
      expect(seen.withVisitor).toEqual([]);
      expect(conclusionOf(withVisitor)).toBe("signInBroken");
    } else {
      expect(seen.withVisitor).toHaveLength(1);
      expect(seen.withVisitor[0]?.split(" or ")).toContain(cause);
      expect(conclusionOf(withVisitor)).toBe("findings");
    }
    const a16 = withVisitor.checks.find(({ id }) => id === "A16");
    if (withVisitor.findings.some(({ alternatives }) => alternatives?.includes("A16")))
      expect(a16?.status).toBe("notRun");
  });
});

test("the set is healthy again when all faults are off", async () => {
  const diagnosis = await set.diagnose({ visitor });
  expect([foundIn(diagnosis), conclusionOf(diagnosis)]).toEqual([[], "healthy"]);
});

test("docs/diagnosis.md tells of each fault what was found; UPDATE_DOCS=1 writes it anew", () => {
  expect([...rows.keys()]).toEqual(ofSet.map(({ name }) => name));
  const text = readFileSync(page, "utf8");
  const [before = "", rest = ""] = text.split(begin);
  const written = `${before}${begin}\n\n${table()}\n\n${end}${rest.split(end)[1]}`;
  if (process.env.UPDATE_DOCS) writeFileSync(page, written);
  expect(readFileSync(page, "utf8")).toBe(written);
});

function table(): string {
  const lines = ofSet.map(({ name, cause, member }) => {
    const { without, withVisitor } = rows.get(name) ?? { without: [], withVisitor: [] };
    const shown = (found: string[]) => found.join(", ") || "nothing";
    const note =
      misses[name] ??
      ofBrowsers[name] ??
      (name in maxAges ? "With `--max-age`; pages that keep their contract do not meet it." : "");
    return `| \`${name}\` | ${cause} | ${member ?? "none"} | ${shown(without)} | ${shown(withVisitor)} | ${note} |`;
  });
  const head = "| fault of the sandbox | cause | member | found without a visitor | found with a visitor | |";
  return [head, "| --- | --- | --- | --- | --- | --- |", ...lines].join("\n");
}
