import type { Check } from "../../operations/rebuild/check.ts";
import type { Rebuilt } from "../../operations/rebuild/rebuild.ts";
import { judge } from "../../operations/rebuild/search.ts";
import { replacementOf } from "../../operations/rebuild/steps.ts";

const at = "2026-01-02T03:04:05.000Z";
const evidence = { contextId: "context-1", message: `<script>alert("x")</script> | a pipe` };
export const failing: Check = {
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
export const working: Check = {
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

export const contractBefore = {
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

export function rebuilt(changes: Partial<Rebuilt>): Rebuilt {
  return {
    outcome: "cured",
    wish: { find: true },
    set: { project: "shop", stack: "prod", name: "messaging" },
    checks: [failing, failing, working],
    changes: [],
    idsBefore: { ECA: "app-1", deployment: "deployment-1" },
    ids: { ECA: "app-1", deployment: "deployment-1" },
    repaired: [],
    contractBefore,
    contract: contractBefore,
    timeline: [{ at, what: "Replace the integration", detail: "replace messaging-integration" }],
    ...changes,
  };
}

export const rebuiltAfterNewApp = rebuilt({
  search: judge([
    { step: replacementOf("credential"), before: failing, after: failing },
    { step: replacementOf("ECA"), before: failing, after: working },
  ]),
  contract: { ...contractBefore, clientId: "client-2" },
});
