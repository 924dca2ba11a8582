import { redactor } from "authenticated-messaging-providers/redaction.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

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
