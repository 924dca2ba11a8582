import { VendorError } from "authenticated-messaging-providers/errors.ts";
import { IncompleteError } from "authenticated-messaging-providers/lifecycle.ts";
import { provider } from "authenticated-messaging-providers/provider.ts";
import { beginningOf, redactor } from "authenticated-messaging-providers/redaction.ts";
import { externalClientAppKind } from "authenticated-messaging-providers/salesforce/ExternalClientApp.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("the beginning of a text", () => {
  const secret = "canary-secret-of-some-length";
  const redact = redactor([secret]);

  it("has no half of a secret, wherever it ends", () => {
    for (let before = 60; before <= 110; before++) {
      const beginning = beginningOf("x".repeat(before) + secret.repeat(3), redact, 100);
      expect(beginning.length).toBeLessThanOrEqual(100);
      expect(beginning).not.toContain("canary");
    }
  });

  it("is taken of a text of megabytes too, also where nothing but secrets is in it", () => {
    expect(beginningOf("x".repeat(5_000_000), redact, 100)).toBe("x".repeat(100));
    expect(beginningOf(secret.repeat(100_000), redact, 10_000)).not.toContain("canary");
  });
});

describe("redactor", () => {
  it("removes every known secret, plain, URL-encoded or inside JSON", () => {
    const secret = fc.string({ minLength: 6, maxLength: 40 }).filter((text) => text.trim().length >= 6);
    fc.assert(
      fc.property(secret, fc.string(), (value, around) => {
        const redact = redactor([value]);
        expect(redact(`${around}|${value}|${encodeURIComponent(value)}|`)).not.toContain(`|${value}|`);
        expect(redact(JSON.stringify({ value }))).not.toContain(JSON.stringify(value).slice(1, -1));
      }),
    );
  });

  it.each([
    ["an authorization header", "Authorization: Basic c2FuZGJveDpzZWNyZXQ=", "c2FuZGJveDpzZWNyZXQ="],
    ["a bearer token", "bearer 9bzkM3IFx_very-long-token", "9bzkM3IFx_very-long-token"],
    ["a Salesforce session id", "sessionId 00DSB0000000001!AQ.secret_part", "AQ.secret_part"],
    ["a JWT", "got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", "eyJhbGciOiJSUzI1NiJ9"],
    ["a form field", "grant_type=x&client_secret=hunter2hunter2&a=b", "hunter2hunter2"],
    ["a JSON field", '{"refresh_token":"5Aep861.abc"}', "5Aep861.abc"],
  ])("recognises %s by its shape", (_what, text, secret) => {
    const redacted = redactor([])(text);
    expect(redacted).not.toContain(secret);
    expect(redacted).toContain("[redacted]");
  });

  it("leaves ordinary text alone, and does not take short values for secrets", () => {
    const text = "status 401, code unauthorized, contextId 2f6a1b1e-6c3f-4c8d-9d55-0f5e3c1b7a90";
    expect(redactor(["a", undefined, "co"])(text)).toBe(text);
  });
});

describe("a call that fails with an answer that repeats a secret", () => {
  const consumerSecret = "canary-secret-of-the-consumer";
  const refusal = new VendorError({
    outcome: "refused",
    code: "REFUSED",
    what: `Refused because of ${consumerSecret}.`,
    next: "Look.",
  });
  const failing = (reason: unknown) =>
    provider({ ...externalClientAppKind, open: () => Promise.reject(reason) }, {} as never);
  const recorded = { developerName: "Shop", consumerSecret };
  const incomplete = new IncompleteError("Shop", recorded, refusal);
  const long = new Error("x".repeat(19_990) + consumerSecret);

  it.each([
    ["an update, of what was recorded", () => failing(refusal).update("Shop", recorded, { label: "New" })],
    ["an update that got half-way", () => failing(incomplete).update("Shop", recorded, { label: "New" })],
    ["a read", () => failing(refusal).read("Shop", recorded)],
    ["a deletion", () => failing(refusal).delete("Shop", recorded)],
    ["a creation that got half-way, of what was made", () => failing(incomplete).create({ label: "New" })],
    ["an error that is too long", () => failing(long).delete("Shop", recorded)],
  ])("does not tell it: %s", async (_what, call) => {
    const failure = await call().then(String, ({ message }: Error) => message);
    expect(failure).toMatch(/^(REFUSED|UNEXPECTED_ERROR): /);
    expect(failure).not.toContain("canary");
  });
});
