import type { ServerResponse } from "node:http";
import { withClock } from "authenticated-messaging-providers/clock.ts";
import { VendorError } from "authenticated-messaging-providers/errors.ts";
import { document } from "authenticated-messaging-providers/genesys/answers.ts";
import { type GenesysConnection, openGenesys } from "authenticated-messaging-providers/genesys/connection.ts";
import { operation, within } from "authenticated-messaging-providers/operation.ts";
import { afterEach, describe, expect, it } from "vitest";
import { quickClock } from "../fuzz/quickClock.ts";
import { inOneMinute, json, type Script, scriptedServer } from "./scriptedServer.ts";

const secret = "canary-client-secret";
const token = "canary-access-token";

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

/** A connection to a server that logs everybody in and then follows the script for API requests. */
async function connect(script: (response: ServerResponse, turn: number) => void, logIn: Script = grant) {
  let turn = 0;
  const server = await scriptedServer((request, response, body) => {
    if (request.url === "/oauth/token") return logIn(request, response, body);
    turn += 1;
    script(response, turn);
  });
  stop = server.stop;
  return { ...server, genesys: connectionTo(server.url) };
}

function connectionTo(genesysGatewayUrl: string): GenesysConnection {
  return openGenesys({
    genesysRegion: "us-east-1",
    genesysGatewayUrl,
    genesysClientId: "client",
    genesysClientSecret: secret,
  });
}

const grant: Script = (_request, response) =>
  json(response, 200, { access_token: token, token_type: "bearer", expires_in: 3600 });

const refuseLogIn: Script = (_request, response) =>
  json(
    response,
    400,
    { error: "invalid_request", error_description: "rate limit exceeded; wait" },
    { "retry-after": "3600" },
  );

const read = (genesys: GenesysConnection) =>
  genesys.read("read the integration", document, ({ integrations }) => integrations.getIntegration("1"));
const write = (genesys: GenesysConnection) =>
  genesys.remove("delete the credential", ({ integrations }) =>
    integrations.deleteIntegrationsCredential("1"),
  );

const change = (genesys: GenesysConnection) =>
  genesys.write("change the integration", document, ({ integrations }) =>
    integrations.patchIntegration("1", { body: { intendedState: "ENABLED" } }),
  );

async function failureOf(work: Promise<unknown>): Promise<VendorError> {
  const error = await work.then(
    () => undefined,
    (rejection: unknown) => rejection,
  );
  expect(error).toBeInstanceOf(VendorError);
  const failure = error as VendorError;
  for (const canary of [secret, token, Buffer.from(`client:${secret}`).toString("base64")]) {
    expect(failure.message + failure.stack).not.toContain(canary);
  }
  expect(failure.message).toContain("next: ");
  return failure;
}

describe("a request to Genesys", () => {
  it.each([
    [
      400,
      { message: "bad", code: "bad.request", details: [{ errorCode: "x", fieldName: "name" }] },
      "GENESYS_REQUEST_REFUSED",
      "refused",
    ],
    [401, { message: "no", code: "bad.credentials" }, "GENESYS_TOKEN_REFUSED", "refused"],
    [
      403,
      { message: "missing integrations:integration:view", code: "missing.permissions" },
      "GENESYS_PERMISSION_MISSING",
      "refused",
    ],
    [404, { message: "gone", code: "not.found" }, "GENESYS_NOT_FOUND", "notFound"],
    [409, { message: "conflict", code: "conflict" }, "GENESYS_REQUEST_REFUSED", "conflict"],
    [
      400,
      { message: "version 1 does not match the current version 2" },
      "GENESYS_REQUEST_REFUSED",
      "conflict",
    ],
    [408, { message: "late" }, "GENESYS_UNEXPECTED_ANSWER", "unknown"],
    [500, { message: "oops" }, "GENESYS_UNEXPECTED_ANSWER", "unknown"],
    [502, "<html>proxy</html>", "GENESYS_UNEXPECTED_ANSWER", "unknown"],
    [404, "<html>proxy</html>", "GENESYS_UNEXPECTED_ANSWER", "unknown"],
    [200, "<html>proxy</html>", "GENESYS_UNEXPECTED_ANSWER", "unknown"],
  ])("answered by %s %j is %s, %s", async (status, body, code, outcome) => {
    const { genesys } = await connect((response) => json(response, status, body));
    const failure = await failureOf(write(genesys));
    expect([failure.code, failure.outcome]).toEqual([code, outcome]);
    expect(failure.evidence.status).toBe(status);
  });

  it("shows what Genesys says, with its contextId, without secrets that it echoes", async () => {
    const body = { message: `no ${secret} and bearer ${token}`, code: "x", contextId: "ctx-1" };
    const { genesys } = await connect((response) => json(response, 400, body));
    const failure = await failureOf(write(genesys));
    expect(failure.message).toContain("contextId ctx-1");
  });

  it.each([
    ["the client secret", secret],
    ["the access token", token],
    ["what the log-in is sent with", Buffer.from(`client:${secret}`).toString("base64")],
  ])("tells no part of %s, whatever repeats it and wherever it stands", async (_what, canary) => {
    const half = canary.slice(0, 8);
    const padding = "x".repeat(400 - half.length);
    for (const [status, body] of [
      [400, { message: `no ${canary}`, code: canary, contextId: canary }],
      [400, { message: padding + canary, details: [{ errorCode: canary, fieldName: canary }] }],
      [429, { message: padding + canary }],
      [502, padding.slice(320) + canary],
      [200, `<html>${canary}`],
    ] as const) {
      const { url } = await connect((response) => json(response, status, body, { "retry-after": "3600" }));
      const failure = await failureOf(write(connectionTo(url)));
      expect(failure.message).not.toContain(half);
      await stop?.();
    }
  });

  it("tells no part of the member's secret either, where what repeats it is cut", async () => {
    const clientSecret = "canary-secret-of-the-member";
    const message = "x".repeat(390) + clientSecret;
    const { genesys } = await connect((response) => json(response, 400, { message }));
    const writing = () => write(genesys);
    const failure = await failureOf(within({ ...operation(), secrets: [clientSecret] }, writing));
    expect(failure.message).not.toContain("canary");
  });

  it("logs in anew once when the token has expired", async () => {
    const { genesys, seen } = await connect((response, turn) =>
      json(response, turn === 1 ? 401 : 200, { id: "1" }),
    );
    expect(await read(genesys)).toEqual({ id: "1" });
    expect(seen.filter((line) => line === "POST /oauth/token")).toHaveLength(2);
  });

  it("logs in once, however many requests there are at a time", async () => {
    const { genesys, seen } = await connect((response) => json(response, 200, { id: "1" }));
    await Promise.all([read(genesys), read(genesys), read(genesys)]);
    expect(seen.filter((line) => line === "POST /oauth/token")).toHaveLength(1);
  });

  it.each(
    inOneMinute.flatMap(([form, header]) => [
      { request: "read", form, send: read, header },
      { request: "change", form, send: change, header },
      { request: "deletion", form, send: write, header },
    ]),
  )("for a $request waits as long as Retry-After says by $form", async ({ send, header }) => {
    const clock = quickClock();
    const times: number[] = [];
    const { genesys } = await connect((response, turn) => {
      times.push(clock.now());
      if (turn > 1) return json(response, 200, { id: "1" });
      json(response, 429, { code: "too.many.requests" }, { "retry-after": header() });
    });
    await withClock(clock, () => send(genesys));
    expect(times).toHaveLength(2);
    const waited = (times[1] ?? 0) - (times[0] ?? 0);
    expect(waited).toBeGreaterThan(30_000);
    expect(waited).toBeLessThan(100_000);
  });

  it.each([
    ["GENESYS_RATE_LIMIT", grant],
    ["GENESYS_LOGIN_LIMIT", refuseLogIn],
  ])("gives up with %s when the pause asked for is too long", async (code, logIn) => {
    const { url } = await connect((response) => json(response, 429, {}, { "retry-after": "3600" }), logIn);
    expect((await failureOf(read(connectionTo(url)))).code).toBe(code);
  });

  it("repeats a read whose answer was lost, but never a write", async () => {
    const lost = (response: ServerResponse, turn: number) => {
      if (turn > 1) return json(response, 200, { id: "1" });
      response.destroy();
    };
    const reading = await connect(lost);
    expect(await read(reading.genesys)).toEqual({ id: "1" });
    await stop?.();
    const writing = await connect(lost);
    const failure = await failureOf(write(writing.genesys));
    expect([failure.code, failure.outcome]).toEqual(["GENESYS_UNREACHABLE", "unknown"]);
    expect(writing.seen.filter((line) => line.startsWith("DELETE"))).toHaveLength(1);
  });

  it("takes only an answered 404 for gone", async () => {
    const { genesys } = await connect((response) => json(response, 404, { code: "not.found" }));
    const look = genesys.readUnlessGone("read", document, ({ integrations }) =>
      integrations.getIntegration("1"),
    );
    expect(await look).toBeUndefined();
  });
});

describe("the log-in to Genesys", () => {
  it("refused, tells what Genesys says", async () => {
    const body = { error: "invalid_client", description: "authentication failed" };
    const { genesys } = await connect(
      () => undefined,
      (_request, response) => json(response, 401, body),
    );
    const failure = await failureOf(read(genesys));
    expect(failure.code).toBe("GENESYS_LOGIN_REFUSED");
    expect(failure.message).toContain("authentication failed");
  });

  it("limited, which is answered as 400, is waited for", async () => {
    const clock = quickClock();
    const times: number[] = [];
    const limit = { error: "invalid_request", error_description: "rate limit exceeded; retry later" };
    const { genesys } = await connect(
      (response) => json(response, 200, { id: "1" }),
      (request, response, body) => {
        times.push(clock.now());
        if (times.length === 1) return json(response, 400, limit, { "retry-after": "60" });
        grant(request, response, body);
      },
    );
    expect(await withClock(clock, () => read(genesys))).toEqual({ id: "1" });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(59_000);
  });

  it("at an address where nobody listens names the address", async () => {
    const { url, stop: close } = await scriptedServer(() => undefined);
    await close();
    const failure = await failureOf(withClock(quickClock(), () => read(connectionTo(url))));
    expect(failure.code).toBe("GENESYS_UNREACHABLE");
    expect(failure.evidence).toMatchObject({ address: url, reason: "ECONNREFUSED" });
  });
});
