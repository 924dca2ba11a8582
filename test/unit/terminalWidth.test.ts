import { stripVTControlCharacters } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { probeLine, stepLine } from "../../cli/signInReport.ts";
import { table } from "../../cli/table.ts";
import { labelled, wrappedError } from "../../cli/wrap.ts";

/** As long as a vendor's ids are. */
const id = "3d461513-0814-4e64-8e4c-54dda1184950";
const head = ["STEP", "NOW", "IN THE PAGE"];
const rows = [
  ["write the credential anew", id, "nothing"],
  ["replace the deployment", id, "another deploymentId: nobody can sign in until the page has it"],
];

describe("a table", () => {
  const at = (width: number) => table(head, rows, undefined, width).split("\n");

  test("has one line for each row where there is no terminal, or a wide one", () => {
    expect(at(Number.POSITIVE_INFINITY)).toHaveLength(3);
    expect(at(200)).toEqual(at(Number.POSITIVE_INFINITY));
    expect(at(200)[2]).toBe(`replace the deployment     ${id}  ${rows[1]?.[2]}`);
  });

  test("breaks its last column where the terminal is too narrow", () => {
    const below = " ".repeat(65);
    expect(at(100).slice(2)).toEqual([
      `replace the deployment     ${id}  another deploymentId: nobody can`,
      `${below}sign in until the page has it`,
    ]);
  });

  test("becomes named entries where that leaves too little, each row with its colour", () => {
    const marked = (row: string, index: number) => (index === 1 ? `<${row}>` : row);
    const text = table(head, [["first", "", "nothing"], ...rows.slice(1)], marked, 70);
    expect(text.split("\n")).toEqual([
      "first",
      "  in the page  nothing",
      "<replace the deployment",
      `  now          ${id}`,
      "  in the page  another deploymentId: nobody can sign in until the page",
      "               has it>",
    ]);
  });
});

test("colours take no room, and a word that is too long stays whole", () => {
  const long = "x".repeat(60);
  expect(labelled("\u001b[32myes\u001b[39m  ", `one \u001b[2m${long} two\u001b[22m`, 50)).toBe(
    `\u001b[32myes\u001b[39m  one\n     \u001b[2m${long}\n     two\u001b[22m`,
  );
});

test("an error's evidence and next step stand below each other, and a command to be copied stays whole", () => {
  const command = `    PULUMI_BACKEND_URL='file:///a/folder' npx pulumi cancel --stack dev --yes`;
  const message = `LOCKED: It is locked.\n  evidence: lock created by someone@elsewhere (pid 1)\n  next: Do this:\n${command}`;
  expect(wrappedError(message, Number.POSITIVE_INFINITY)).toBe(message);
  expect(wrappedError(message, 44).split("\n")).toEqual([
    "LOCKED: It is locked.",
    "  evidence: lock created by",
    "            someone@elsewhere (pid 1)",
    "  next: Do this:",
    command,
  ]);
});

function terminalOf(columns: number | undefined): void {
  const before = process.stderr.columns;
  onTestFinished(() => void Object.assign(process.stderr, { columns: before }));
  Object.assign(process.stderr, { columns });
}

describe("what a sign-in shows as it goes", () => {
  const evidence = {
    status: 401,
    message: "Failed to identify user for token: [redacted]",
    contextId: id,
    deploymentId: id,
  };
  const shown = [
    () =>
      stepLine({ name: "exchange", ok: false, milliseconds: 12, evidence, code: "SIGN_IN_EXCHANGE_REFUSED" }),
    () => probeLine({ question: "Does the exchange know the deployment?", answer: "cannotTell", evidence }),
  ].map((show) => () => stripVTControlCharacters(show()).split("\n"));

  test("is as wide as the terminal that it is shown on, below each other", () => {
    terminalOf(80);
    for (const show of shown) {
      const [first = "", ...further] = show();
      expect(first).toMatch(/^(?:✖ exchange +12 ms|cannot tell) {2}\w/);
      expect(further.length).toBeGreaterThan(1);
      for (const line of further) expect(line).toMatch(/^ {13,24}\S/);
      expect(Math.max(...[first, ...further].map(({ length }) => length))).toBeLessThanOrEqual(80);
    }
  });

  test("is one line each where there is no terminal", () => {
    terminalOf(undefined);
    for (const show of shown) expect(show()).toEqual([expect.stringMatching(/^.+deploymentId \S+$/)]);
  });
});
