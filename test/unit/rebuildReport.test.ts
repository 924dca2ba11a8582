import { expect, it } from "vitest";
import type { Check } from "../../operations/rebuild/check.ts";
import {
  changedInPage,
  conclude,
  memberChanges,
  pageDuties,
  sentences,
} from "../../operations/rebuild/conclusion.ts";
import { cureOf } from "../../operations/rebuild/cure.ts";
import type { Rebuilt } from "../../operations/rebuild/rebuild.ts";
import { asHtml, asMarkdown } from "../../operations/rebuild/report.ts";
import { judge } from "../../operations/rebuild/search.ts";
import { replacementOf } from "../../operations/rebuild/steps.ts";
import { memberTypes } from "../../operations/stack/messagingSet.ts";

const at = "2026-01-02T03:04:05.000Z";
const evidence = { contextId: "context-1", message: `<script>alert("x")</script> | a pipe` };
const failing: Check = {
  began: "2026-01-02T03:03:05.000Z",
  at,
  failures: 3,
  inARow: 0,
  ok: false,
  tried: true,
  attempts: 3,
  tookMs: 1_000,
  failed: { step: "exchange", code: "SIGN_IN_EXCHANGE_REFUSED", what: "Refused.", evidence, next: "None." },
  steps: [{ name: "exchange", ok: false, milliseconds: 5, evidence }],
};
const later = "2026-01-02T03:04:17.000Z";
const working: Check = {
  began: later,
  at: later,
  worksSince: later,
  failures: 0,
  inARow: 3,
  ok: true,
  tried: true,
  attempts: 3,
  tookMs: 10,
  steps: [],
};

const contractBefore = {
  deploymentId: "deployment-1",
  genesysApiUrl: "https://api.example",
  clientId: "client-1",
  discoveryUrl: "https://id.example/.well-known/openid-configuration",
  issuer: "https://id.example",
  authorizeUrl: "https://id.example/authorize",
  redirectUri: "https://shop.example/signed-in",
  scopes: ["openid"],
  pkce: { required: true, method: "S256" as const },
};

function rebuilt(changes: Partial<Rebuilt>): Rebuilt {
  return {
    outcome: "cured",
    wish: { find: true },
    set: { project: "shop", stack: "prod", name: "messaging" },
    checks: [failing, failing, working],
    changes: [],
    idsBefore: { ECA: "app-1", deployment: "deployment-1" },
    ids: { ECA: "app-2", deployment: "deployment-1" },
    repaired: [],
    contractBefore,
    contract: contractBefore,
    timeline: [{ at, what: "Replace the integration", detail: "replace messaging-integration" }],
    ...changes,
  };
}

const afterNewApp = rebuilt({
  search: judge([
    { step: replacementOf("credential"), before: failing, after: failing },
    { step: replacementOf("ECA"), before: failing, after: working },
  ]),
  contract: { ...contractBefore, clientId: "client-2" },
});

it("names the culprit, and does not call innocent what came before", () => {
  expect(conclude(afterNewApp)).toEqual({
    culprits: [{ member: "ECA", how: "replaced" }],
    contributors: [],
    notCleared: [{ member: "credential", how: "replaced" }],
  });
  expect(sentences(afterNewApp).join("\n")).toMatch(
    /At fault: ECA \(replaced\)[\s\S]*Not cleared: credential/,
  );
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
  const told = sentences(afterNewApp).join("\n");
  expect(told).toContain("6 sign-ins failed one after the other, over 1 min 0 s;");
  expect(told).toContain("3 worked one after the other");
  expect(told).toContain("within the 12 s between");
  expect(told).toContain("about 1 in 6");
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
  const urn = `urn:pulumi:prod::shop::component$${memberTypes.deployment}::messaging-deployment`;
  const changes = memberChanges(rebuilt({ changes: [{ op: "update", urn }] }));
  expect(changes).toContainEqual({ member: "ECA", what: "replaced", idBefore: "app-1", id: "app-2" });
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
  expect(changedInPage(afterNewApp)).toEqual(["clientId"]);
  const duties = pageDuties(afterNewApp).join("\n");
  expect(duties).toContain("`client-2` instead of `client-1`");
  expect(duties).toContain("_deployment-1:gcatkn");
  expect(pageDuties(rebuilt({ outcome: "healthy" }))).toEqual([]);
});

it("writes what vendors say as text, in both forms", () => {
  const markdown = asMarkdown(afterNewApp);
  expect(markdown).toContain("# Rebuild of shop/prod/messaging");
  expect(markdown).toContain("contextId context-1");
  expect(markdown).toContain("\\| a pipe");
  const html = asHtml(afterNewApp);
  expect(html).not.toContain("<script>");
  expect(html).toContain("<code>client-2</code>");
});
