import type { Reporter, SerializedError, TestModule } from "vitest/node";

/**
 * Ends the output of a test run with one plain line of counts, for CI systems that do not know vitest. A file
 * that could not be run at all, and an error outside of any test, count as a failed test each.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    // Printed at the very end, after the summary of vitest's own reporter.
    process.once("exit", () => process.stdout.write(`${summary(modules, unhandledErrors.length)}\n`));
  }
}

function summary(modules: readonly TestModule[], unhandledErrors: number): string {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const count = (state: string) => tests.filter((test) => test.result().state === state).length;
  const failed = count("failed") + modules.filter(isBroken).length + unhandledErrors;
  const skipped = count("skipped") > 0 ? `, ${count("skipped")} skipped` : "";
  return `${count("passed")} passed, ${failed} failed${skipped}`;
}

function isBroken(module: TestModule): boolean {
  return module.state() === "failed" && module.children.allTests("failed").next().done === true;
}
