import { expect, it } from "vitest";
import { changedInPage, conclude, pageDuties, sentences } from "../../operations/rebuild/conclusion.ts";
import type { Check, Rebuilt } from "../../operations/rebuild/rebuild.ts";
import { asHtml, asMarkdown } from "../../operations/rebuild/report.ts";
import { judge } from "../../operations/rebuild/search.ts";
import { replacementOf } from "../../operations/rebuild/steps.ts";
import { memberTypes } from "../../operations/stack/messagingSet.ts";

const at = "2026-01-02T03:04:05.000Z";
const evidence = { contextId: "context-1", message: `<script>alert("x")</script> | a pipe` };
const failing: Check = {
  at,
  ok: false,
  tried: true,
  attempts: 3,
  tookMs: 1_000,
  failed: { step: "exchange", code: "SIGN_IN_EXCHANGE_REFUSED", what: "Refused.", evidence, next: "None." },
  steps: [{ name: "exchange", ok: false, milliseconds: 5, evidence }],
};
const working: Check = { at, ok: true, tried: true, attempts: 1, tookMs: 10, steps: [] };

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
    before: failing,
    after: working,
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
