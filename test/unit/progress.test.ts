import { expect, onTestFinished, test, vi } from "vitest";
import { stepWith } from "../../cli/progress.ts";
import type { Person } from "../../operations/signIn/visitor.ts";

test("what a person is asked within a step is shown at once, on a terminal too", async () => {
  const terminals = [process.stdout, process.stderr];
  const before = terminals.map(({ isTTY }) => isTTY);
  for (const terminal of terminals) terminal.isTTY = true;
  const written: string[] = [];
  const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  onTestFinished(() => {
    spy.mockRestore();
    terminals.forEach((terminal, index) => {
      terminal.isTTY = before[index] === true;
    });
  });
  const person: Person = { how: "in a browser", signIn: async () => new URL("https://shop.example") };
  const isShown = await stepWith(person)("Sign-in", async () => {
    process.stderr.write("Sign in at this address\n");
    return written.join("").includes("Sign in at this address");
  });
  expect(isShown).toBe(true);
});
