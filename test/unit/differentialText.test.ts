import { expect, test } from "vitest";
import { differentialAnswer } from "../../cli/signInReport.ts";
import type { MessagingSet } from "../../operations/stack/messagingSet.ts";

test("a differential check names the causes that fit, and where their stories are told", () => {
  const verdict = {
    ok: false,
    tried: true,
    reading: "registration",
    what: "Neither.",
    next: "Compare.",
  } as const;
  const { text } = differentialAnswer({ stack: "dev", name: "messaging" } as MessagingSet, {
    direct: { ok: true, tried: true, steps: [] },
    verdict: { ...verdict, causes: ["A7", "A14"], members: ["ECA"] },
  });
  expect(text).toMatch(/causes that fit:\n +A7 +Host of the discovery URL\n +A14 +Redirect URI\n/);
  expect(text).toContain("npx amsg diagnose --explain A7");
});
