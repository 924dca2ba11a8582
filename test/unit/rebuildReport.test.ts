import { expect, it } from "vitest";
import {
  changedInPage,
  conclude,
  memberChanges,
  pageDuties,
  sentences,
} from "../../operations/rebuild/conclusion.ts";
import { cureOf } from "../../operations/rebuild/cure.ts";
import { asHtml, asMarkdown } from "../../operations/rebuild/report.ts";
import { judge } from "../../operations/rebuild/search.ts";
import { replacementOf, steps } from "../../operations/rebuild/steps.ts";
import { memberTypes } from "../../operations/stack/messagingSet.ts";
import { failing, rebuilt, rebuiltAfterNewApp, working } from "./rebuilt.ts";

it("names the culprit, and does not call innocent what came before", () => {
  expect(conclude(rebuiltAfterNewApp)).toEqual({
    culprits: [{ member: "ECA", how: "replaced" }],
    contributors: [],
    notCleared: [{ member: "credential", how: "replaced" }],
  });
  expect(sentences(rebuiltAfterNewApp).join("\n")).toMatch(
    /At fault: ECA \(replaced\)[\s\S]*Not cleared: credential/,
  );
});

it("names a member once, with all that was done to it", () => {
  const rewriting = steps.find(({ name }) => name === "rewrite-credential");
  if (rewriting === undefined) throw new Error("The search rewrites the credential.");
  const twice = rebuilt({
    search: judge([
      { step: rewriting, before: failing, after: failing },
      { step: replacementOf("credential"), before: failing, after: failing },
      { step: replacementOf("ECA"), before: failing, after: working },
    ]),
  });
  expect(sentences(twice).join("\n")).toContain("Not cleared: credential (rewritten, then replaced). ");
});

it("tells how sure it is: what failed how long, what worked, and how likely time alone was the cure", () => {
  // From 03:03:05 to 03:04:05 all failed, and 12 s later it worked.
  expect(cureOf([failing, failing, working])).toEqual({
    failed: 6,
    failedForMs: 60_000,
    gapMs: 12_000,
    failedAfter: 0,
    worked: 3,
    coincidence: 6,
  });
  const told = sentences(rebuiltAfterNewApp).join("\n");
  expect(told).toContain("6 sign-ins failed one after the other, over 1 min 0 s;");
  expect(told).toContain("3 worked one after the other");
  expect(told).toContain("in just the 12 s between");
  expect(told).toContain("of 1 min 12 s in all: 1 in 6.");
  expect(cureOf([working, failing, working])).toBeUndefined();
});

it("says that a sign-in which works may have failed before, and that all at once name nobody", () => {
  const healthy = rebuilt({ outcome: "healthy", checks: [{ ...working, failures: 2 }] });
  expect(sentences(healthy).join(" ")).toContain("It failed 2 times before");
  expect(sentences(rebuilt({ wish: { all: true } })).join(" ")).toContain("nobody can tell");
  expect(conclude(rebuilt({ wish: { member: "deployment" } })).culprits).toEqual([
    { member: "deployment", how: "replaced" },
  ]);
});

it("tells what became of each member", () => {
  const urn = (member: "ECA" | "deployment") =>
    `urn:pulumi:prod::shop::component$${memberTypes[member]}::messaging`;
  const done = [
    { op: "replace", urn: urn("ECA") },
    { op: "update", urn: urn("deployment") },
  ];
  const changes = memberChanges(rebuilt({ changes: done }));
  expect(changes).toContainEqual({ member: "ECA", what: "replaced", idBefore: "app-1", id: "app-1" });
  expect(changes).toContainEqual(expect.objectContaining({ member: "deployment", what: "written" }));
  expect(changes).toContainEqual(expect.objectContaining({ member: "credential", what: "missing" }));
});

it("names the members that a refresh repaired; time alone is nobody's fault", () => {
  const urn = `urn:pulumi:prod::shop::component$${memberTypes.integration}::messaging-integration`;
  expect(conclude(rebuilt({ repaired: [{ op: "update", urn }] })).culprits).toEqual([
    { member: "integration", how: "repaired" },
  ]);
  expect(sentences(rebuilt({})).join(" ")).toContain("matter of time");
});

it("tells the page's owners what to change, and to clear old tokens", () => {
  expect(changedInPage(rebuiltAfterNewApp)).toEqual(["clientId"]);
  const duties = pageDuties(rebuiltAfterNewApp).join("\n");
  expect(duties).toContain("`client-2` instead of `client-1`");
  expect(duties).toContain("_deployment-1:gcatkn");
  expect(pageDuties(rebuilt({ outcome: "healthy" }))).toEqual([]);
});

it("writes what vendors say as text, in both forms", () => {
  const markdown = asMarkdown(rebuiltAfterNewApp);
  expect(markdown).toContain("# Rebuild of shop/prod/messaging");
  expect(markdown).toContain("contextId context-1");
  expect(markdown).toContain("\\| a pipe");
  const html = asHtml(rebuiltAfterNewApp);
  expect(html).not.toContain("<script>");
  expect(html).toContain("<code>client-2</code>");
});
