import { XMLBuilder } from "fast-xml-parser";
import type { CheckResult } from "../check.ts";

/** All checks as a JUnit report, as pipelines read it: findings are failures, checks that could not run are errors. */
export function junitReport(suite: string, checks: readonly CheckResult[]): string {
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, suppressEmptyNode: true });
  const count = (kind: Kind) => checks.filter((check) => kindOf(check) === kind).length;
  const totals = {
    "@_tests": checks.length,
    "@_failures": count("failure"),
    "@_errors": count("error"),
    "@_skipped": count("skipped"),
  };
  const testcase = checks.map((check) => ({
    "@_classname": `diagnose.${check.member}`,
    "@_name": `${check.id} ${check.title}`,
    ...resultOf(check),
  }));
  return builder.build({
    "?xml": { "@_version": "1.0", "@_encoding": "UTF-8" },
    testsuites: { ...totals, testsuite: { "@_name": suite, ...totals, testcase } },
  });
}

type Kind = "passed" | "failure" | "error" | "skipped";

function kindOf({ status, error, severity }: CheckResult): Kind {
  if (status === "finding") return "failure";
  if (status === "ok") return "passed";
  return error && severity !== "note" ? "error" : "skipped";
}

function resultOf(check: CheckResult) {
  const kind = kindOf(check);
  const message = { "@_message": check.what ?? "" };
  if (kind === "passed") return {};
  if (kind === "skipped") return { skipped: message };
  const type = { "@_type": check.error?.code ?? check.severity };
  return { [kind]: { ...message, ...type, "#text": explained(check) } };
}

function explained({ evidence, fixByCode, fixByHand, error }: CheckResult): string {
  const facts = Object.entries(evidence).map(([name, value]) => `${name}: ${value}`);
  const next = error ? [`next: ${error.next}`] : [`by code: ${fixByCode}`, `by hand: ${fixByHand}`];
  return [...facts, ...next].join("\n");
}
