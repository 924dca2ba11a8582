import type { ServerResponse } from "node:http";
import { withClock } from "authenticated-messaging-providers/clock.ts";
import { CodedError, VendorError } from "authenticated-messaging-providers/errors.ts";
import { consumers } from "authenticated-messaging-providers/salesforce/answers.ts";
import {
  openSalesforce,
  type SalesforceConnection,
} from "authenticated-messaging-providers/salesforce/connection.ts";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { quickClock } from "../fuzz/quickClock.ts";
import { inOneMinute, json, type Script, scriptedServer } from "./scriptedServer.ts";

const secret = "canary-client-secret";
const token = "00DSB0000000001!canary.access.token";

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

const settings = {
  salesforceApiVersion: "66.0",
  salesforceClientId: "client",
  salesforceClientSecret: secret,
};

/** A connection to a server that logs everybody in and then follows the script for API requests. */
async function connect(script: (response: ServerResponse, turn: number) => void, logIn?: Script) {
  let turn = 0;
  const server = await scriptedServer((request, response, body) => {
    if (request.url?.endsWith("/services/oauth2/token")) return (logIn ?? grant)(request, response, body);
    turn += 1;
    script(response, turn);
  });
  const grant: Script = (_request, response) =>
    json(response, 200, {
      access_token: token,
      instance_url: server.url,
      id: `${server.url}/id/00D/005`,
      token_type: "Bearer",
    });
  stop = server.stop;
  return { ...server, salesforce: openSalesforce({ ...settings, salesforceInstanceUrl: server.url }) };
}

const get = (salesforce: SalesforceConnection) =>
  salesforce.get("read the credentials", consumers, "/apps/oauth/credentials/1");
const create = (salesforce: SalesforceConnection) =>
  salesforce.createMetadata("ExternalClientApplication", { fullName: "Shop" });

function soap(response: ServerResponse, status: number, body: string) {
  const envelope = `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
  response.writeHead(status, { "content-type": "text/xml" }).end(envelope);
}

function fault(code: string, text: string): string {
  return `<soapenv:Fault><faultcode>sf:${code}</faultcode><faultstring>${code}: ${text}</faultstring></soapenv:Fault>`;
}

function saved(statusCode: string): string {
  return `<createMetadataResponse><result><errors><message>no ${secret}</message><statusCode>${statusCode}</statusCode></errors><fullName>Shop</fullName><success>false</success></result></createMetadataResponse>`;
}

const created =
  "<createMetadataResponse><result><fullName>Shop</fullName><success>true</success></result></createMetadataResponse>";

async function failureOf(work: Promise<unknown>): Promise<VendorError> {
  const error = await work.then(
    () => undefined,
    (rejection: unknown) => rejection,
  );
  expect(error).toBeInstanceOf(VendorError);
  const failure = error as VendorError;
  for (const canary of [secret, token]) expect(failure.message + failure.stack).not.toContain(canary);
  expect(failure.message).toContain("next: ");
  return failure;
}

describe("a SOAP request to Salesforce", () => {
  it.each([
    ["INSUFFICIENT_ACCESS", "SALESFORCE_PERMISSION_MISSING", "refused"],
    ["UNKNOWN_EXCEPTION", "SALESFORCE_UNEXPECTED_ANSWER", "unknown"],
    ["INVALID_TYPE", "SALESFORCE_REQUEST_REFUSED", "refused"],
  ])("answered by the fault %s is %s, %s", async (code, expected, outcome) => {
    const { salesforce } = await connect((response) => soap(response, 500, fault(code, `see ${token}`)));
    const failure = await failureOf(create(salesforce));
    expect([failure.code, failure.outcome]).toEqual([expected, outcome]);
  });

  it("tells no part of a session token, whatever its shape and wherever an answer repeats it", async () => {
    const opaque = "opaque-canary-session-token";
    for (const text of [`see ${opaque}`, "x".repeat(370) + opaque]) {
      for (const [status, body] of [
        [500, fault("INVALID_TYPE", text)],
        [200, saved("INVALID_OAUTH_URL").replace("<message>", `<message>${text}`)],
      ] as const) {
        const { salesforce, url } = await connect(
          (response) => soap(response, status, body),
          (_request, response) => json(response, 200, { access_token: opaque, instance_url: url }),
        );
        expect((await failureOf(create(salesforce))).message).not.toContain("opaque-");
        await stop?.();
      }
    }
  });

  it("that fails for one component names what Salesforce says", async () => {
    const { salesforce } = await connect((response) => soap(response, 200, saved("INVALID_OAUTH_URL")));
    const failure = await failureOf(create(salesforce));
    expect(failure.code).toBe("SALESFORCE_REQUEST_REFUSED");
    expect(failure.message).toContain("INVALID_OAUTH_URL");
    expect(failure.message).toContain("create ExternalClientApplication Shop");
  });

  it.each([
    ["a record lock", saved("UNABLE_TO_LOCK_ROW")],
    ["the request limit", fault("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")],
  ])("is repeated after %s, since nothing was written", async (_what, refusal) => {
    const { salesforce, seen } = await connect((response, turn) =>
      soap(response, turn === 1 && refusal.includes("Fault") ? 500 : 200, turn === 1 ? refusal : created),
    );
    await create(salesforce);
    expect(seen.filter((line) => line.includes("/Soap/"))).toHaveLength(2);
  });

  it.each([
    ["SALESFORCE_RECORD_LOCKED", 200, saved("UNABLE_TO_LOCK_ROW")],
    ["SALESFORCE_REQUEST_LIMIT", 500, fault("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")],
  ])("gives up with %s when patience is at its end", async (code, status, refusal) => {
    const { url } = await connect((response) => soap(response, status, refusal));
    const impatient = openSalesforce({ ...settings, salesforceInstanceUrl: url }, 100);
    expect((await failureOf(create(impatient))).code).toBe(code);
  });

  it("logs in anew once when the session has ended", async () => {
    const { salesforce, seen } = await connect((response, turn) =>
      turn === 1 ? soap(response, 500, fault("INVALID_SESSION_ID", "expired")) : soap(response, 200, created),
    );
    await create(salesforce);
    expect(seen.filter((line) => line.includes("oauth2/token"))).toHaveLength(2);
  });

  it("is not repeated when its answer is lost", async () => {
    const { salesforce, seen } = await connect((response) => void response.destroy());
    const failure = await failureOf(create(salesforce));
    expect([failure.code, failure.outcome]).toEqual(["SALESFORCE_UNREACHABLE", "unknown"]);
    expect(seen.filter((line) => line.includes("/Soap/"))).toHaveLength(1);
  });
});

describe("an answer of the Metadata API", () => {
  const type = "ExtlClntAppGlobalOauthSettings";
  const answering = async (operation: string, result: string) => {
    const answer = `<${operation}Response>${result}</${operation}Response>`;
    const { salesforce, seen } = await connect((response) => soap(response, 200, answer));
    return { salesforce, sent: () => seen.filter((line) => line.includes("/Soap/")).length };
  };
  const reading = (records: string) => answering("readMetadata", `<result>${records}</result>`);
  const quickly = <T>(work: () => Promise<T>) => withClock(quickClock(), work);

  it.each([
    ["without a name", "<records><label>Shop</label></records>"],
    ["of another name", "<records><fullName>Other</fullName></records>"],
  ])("with a record %s is neither the record nor a proof that there is none", async (_what, records) => {
    const { salesforce, sent } = await reading(records);
    const failure = await failureOf(quickly(() => salesforce.readMetadata(type, "Shop")));
    expect([failure.code, failure.outcome]).toEqual(["SALESFORCE_UNEXPECTED_ANSWER", "unknown"]);
    expect(failure.message).toContain("result.records.fullName");
    expect(sent()).toBe(5);
  });

  it("with a nil record says that there is none", async () => {
    const nil = `<records xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>`;
    const { salesforce } = await reading(nil);
    expect(await salesforce.readMetadata(type, "Shop")).toBeUndefined();
  });

  it("with a nil element has no value there, not even false", async () => {
    const fields = `<fullName>Shop</fullName><isPkceRequired xsi:nil="true"/><label>Shop</label>`;
    const { salesforce } = await reading(`<records xsi:type="${type}">${fields}</records>`);
    expect(await salesforce.readMetadata(type, "Shop")).toEqual({ fullName: "Shop", label: "Shop" });
  });

  it("with a broken list is not an empty list", async () => {
    const { salesforce, sent } = await answering(
      "listMetadata",
      "<result><fullName>Shop</fullName></result>",
    );
    const failure = await failureOf(quickly(() => salesforce.listMetadata([type])));
    expect(failure.code).toBe("SALESFORCE_UNEXPECTED_ANSWER");
    expect(sent()).toBe(5);
  });

  it("that does not say whether it saved is no success, and the request is not repeated", async () => {
    const { salesforce, sent } = await answering(
      "createMetadata",
      "<result><fullName>Shop</fullName></result>",
    );
    const failure = await failureOf(quickly(() => create(salesforce)));
    expect([failure.code, failure.outcome]).toEqual(["SALESFORCE_UNEXPECTED_ANSWER", "unknown"]);
    expect(sent()).toBe(1);
  });
});

describe("a REST request to Salesforce", () => {
  it.each([
    [404, [{ errorCode: "NOT_FOUND", message: "gone" }], "SALESFORCE_NOT_FOUND", "notFound"],
    [403, [{ errorCode: "INSUFFICIENT_ACCESS", message: "no" }], "SALESFORCE_PERMISSION_MISSING", "refused"],
    [
      400,
      [{ errorCode: "MALFORMED_QUERY", message: `see ${secret}` }],
      "SALESFORCE_REQUEST_REFUSED",
      "refused",
    ],
  ])("answered by %s %j is %s, %s", async (status, body, code, outcome) => {
    const { salesforce } = await connect((response) => json(response, status, body));
    const failure = await failureOf(get(salesforce));
    expect([failure.code, failure.outcome]).toEqual([code, outcome]);
  });

  it("answered once by a proxy's page is repeated", async () => {
    const { salesforce } = await connect((response, turn) => {
      if (turn > 1) return json(response, 200, { consumers: [] });
      response.writeHead(502, { "content-type": "text/html" }).end("<html>proxy</html>");
    });
    expect(await get(salesforce)).toEqual({ consumers: [] });
  });
});

describe("a request to Salesforce that is one too many", () => {
  const limit = { errorCode: "REQUEST_LIMIT_EXCEEDED", message: "TotalRequests Limit exceeded." };

  it.each(
    inOneMinute.flatMap(([form, header]) => [
      { request: "read", form, send: get, header, body: [limit] },
      { request: "read after a gateway's answer", form, send: get, header, body: "<html>" },
      { request: "write", form, send: create, header, body: "<html>" },
    ]),
  )("$request waits as long as Retry-After says by $form", async ({ send, header, body }) => {
    const clock = quickClock();
    const times: number[] = [];
    const { salesforce } = await connect((response, turn) => {
      times.push(clock.now());
      // More often than a read is repeated that gets no answer.
      if (turn <= 6) return json(response, 429, body, { "retry-after": turn === 1 ? header() : "1" });
      if (send === get) return json(response, 200, { consumers: [] });
      soap(response, 200, created);
    });
    await withClock(clock, () => send(salesforce));
    expect(times).toHaveLength(7);
    const waited = (times[1] ?? 0) - (times[0] ?? 0);
    expect(waited).toBeGreaterThan(30_000);
    expect(waited).toBeLessThan(100_000);
  });

  it.each([
    ["SALESFORCE_REQUEST_LIMIT", "by the org", [limit]],
    ["SALESFORCE_RATE_LIMIT", "by a gateway", "<html>"],
  ])("gives up with %s when %s it is told of a pause that is too long", async (code, _who, body) => {
    const { salesforce, seen } = await connect((response) =>
      json(response, 429, body, { "retry-after": "3600" }),
    );
    for (const request of [get(salesforce), create(salesforce)]) {
      const failure = await failureOf(request);
      expect([failure.code, failure.outcome]).toEqual([code, "rateLimited"]);
      expect(failure.evidence.status).toBe(429);
    }
    expect(seen.filter((line) => !line.includes("oauth2/token"))).toHaveLength(2);
  });

  it("is waited for at the log-in", async () => {
    const clock = quickClock();
    const times: number[] = [];
    const { salesforce } = await connect(
      (response) => json(response, 200, { consumers: [] }),
      ({ headers }, response) => {
        times.push(clock.now());
        if (times.length === 1) return json(response, 429, "<html>", { "retry-after": "60" });
        json(response, 200, { access_token: token, instance_url: `http://${headers.host}` });
      },
    );
    expect(await withClock(clock, () => get(salesforce))).toEqual({ consumers: [] });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(59_000);
  });
});

describe("NOT_FOUND from Salesforce", () => {
  const notFound = [{ errorCode: "NOT_FOUND", message: "The requested resource does not exist" }];
  const record = z.looseObject({ Id: z.string() });

  it("as the answer to a query says nothing of any object", async () => {
    const { salesforce } = await connect((response) => json(response, 404, notFound));
    const failure = await failureOf(salesforce.query("find the app", record, "SELECT Id FROM Account"));
    expect([failure.code, failure.outcome]).toEqual(["SALESFORCE_REQUEST_REFUSED", "refused"]);
    expect(failure.message).toContain("The requested resource does not exist");
  });

  it("as a fault of the Metadata API, or as the reason why it did not delete, proves no absence", async () => {
    const { salesforce } = await connect((response, turn) =>
      turn === 1
        ? soap(response, 500, fault("NOT_FOUND", "no such thing"))
        : soap(response, 200, saved("NOT_FOUND").replaceAll("createMetadata", "deleteMetadata")),
    );
    const type = "ExternalClientApplication";
    const reading = await failureOf(salesforce.readMetadata(type, "Shop"));
    const deleting = await failureOf(salesforce.deleteMetadata(type, "Shop"));
    for (const { code, outcome } of [reading, deleting])
      expect([code, outcome]).toEqual(["SALESFORCE_REQUEST_REFUSED", "refused"]);
  });
});

describe("the log-in to Salesforce", () => {
  it("refused, tells what Salesforce says", async () => {
    const body = { error: "invalid_client", error_description: `invalid client credentials ${secret}` };
    const { salesforce } = await connect(
      () => undefined,
      (_request, response) => json(response, 400, body),
    );
    const failure = await failureOf(get(salesforce));
    expect(failure.code).toBe("SALESFORCE_LOGIN_REFUSED");
    expect(failure.message).toContain("invalid client credentials");
  });

  it("with an expired access token says that it cannot be renewed", async () => {
    const server = await scriptedServer((_request, response) =>
      json(response, 401, [{ errorCode: "INVALID_SESSION_ID", message: "Session expired or invalid" }]),
    );
    stop = server.stop;
    const connection = { ...settings, salesforceInstanceUrl: server.url, salesforceAccessToken: token };
    const failure = await failureOf(get(openSalesforce(connection)));
    expect(failure.code).toBe("SALESFORCE_TOKEN_REFUSED");
  });

  it("by JWT bearer with an unreadable key names the file", async () => {
    const { url } = await connect(() => undefined);
    const { salesforceClientSecret, ...rest } = settings;
    const salesforce = openSalesforce({
      ...rest,
      salesforceInstanceUrl: url,
      salesforceJwtKeyFile: "/nowhere/salesforce.key",
      salesforceUsername: "me@acme.example",
    });
    await expect(get(salesforce)).rejects.toThrow(CodedError);
    await expect(get(salesforce)).rejects.toThrow(
      /SALESFORCE_KEY_UNREADABLE[\s\S]*\/nowhere\/salesforce\.key, reason ENOENT/,
    );
  });
});
