import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Connections } from "authenticated-messaging-providers/connections.ts";
import { openGenesys } from "authenticated-messaging-providers/genesys/connection.ts";
import { openSalesforce } from "authenticated-messaging-providers/salesforce/connection.ts";
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { diagnosisAsText } from "../../../cli/diagnoseReport.ts";
import { checks } from "../../../operations/diagnosis/checks/index.ts";
import { type Diagnosis, diagnose } from "../../../operations/diagnosis/diagnose.ts";
import { conclusionOf, inWords } from "../../../operations/diagnosis/report/conclusion.ts";
import { htmlReport } from "../../../operations/diagnosis/report/html.ts";
import { junitReport } from "../../../operations/diagnosis/report/junit.ts";
import type { OpenedSet } from "../../../operations/stack/messagingSet.ts";
import { genesysReadOnlyClient, salesforceReadOnly, visitor } from "../../../sandbox/accounts.ts";
import { assumptions } from "../../../sandbox/assumptions.ts";
import { fastDelays } from "../../../sandbox/delays.ts";
import { faults } from "../../../sandbox/faults/index.ts";
import { type Sandbox, startSandbox } from "../../../sandbox/sandbox.ts";
import { connectionsTo } from "../../connections.ts";
import { deadAddress } from "../../deadAddress.ts";
import { openedSetOf } from "../../providers/wholeSet.ts";
import { errorsIn, foundIn, makeSet, startSet } from "./set.ts";

describe("a healthy set", () => {
  test("has no finding, and nothing is written at a vendor", async () => {
    const { sandbox, diagnose } = await startSet();
    const vendors = [sandbox.genesys, sandbox.salesforce];
    const {
      guestSessions: _,
      revokedGuestTokens: __,
      ...genesys
    } = structuredClone(sandbox.genesys.store.state);
    const { components, consumers } = structuredClone(sandbox.salesforce.store.state);
    for (const { log } of vendors) log.clear();

    for (const options of [{}, { visitor, maxAge: 600 }]) {
      const diagnosis = await diagnose(options);
      expect([foundIn(diagnosis), errorsIn(diagnosis), conclusionOf(diagnosis)]).toEqual([[], [], "healthy"]);
    }

    const others = vendors.flatMap(({ log }) => log.entries).filter(({ method }) => method !== "GET");
    const named = others.map(({ method, path }) => `${method} ${path}`.replace(/\/login\/.*/, "/login"));
    expect(named.filter((request) => !ofSignIns.includes(request))).toEqual([]);
    expect(sandbox.genesys.store.state).toMatchObject(genesys);
    expect(sandbox.genesys.store.state.guestSessions).toEqual({});
    expect(sandbox.salesforce.store.state).toMatchObject({ components, consumers });
  });

  test("has no finding while the CDN has not followed the last change yet", async () => {
    const { whole, opened } = await startSet({ delays: { ...fastDelays, cdnCacheMs: 60_000 } });
    expect(foundIn(await diagnose(opened))).toEqual([]);
    await whole.configuration.update({ description: "Changed" });
    await whole.deployment.update({ configurationVersion: whole.configuration.outputs().publishedVersion });
    const later = await diagnose(openedSetOf(whole, opened.connections), { only: ["A4", "B2"] });
    expect([foundIn(later), later.checks[0]?.evidence.CDN]).toEqual([[], "2"]);
  });

  test("has no finding under faults on the way", async () => {
    const { sandbox, diagnose } = await startSet();
    const options = { probability: 0.1, seed: 7 };
    for (const name of [...oftenHarmless, ...passing]) {
      sandbox.faults.on(name, passing.includes(name) ? options : {});
      const diagnosis = await diagnose({ deadlineMs: 60_000 });
      sandbox.faults.off(name);
      expect([name, foundIn(diagnosis)]).toEqual([name, []]);
    }
  }, 120_000);
});

/** Tokens are asked for and given back, and the Metadata API reads by POST. */
const ofSignIns = [
  "POST /oauth/token",
  "POST /services/Soap/m/66.0",
  "POST /services/oauth2/token",
  "POST /services/oauth2/revoke",
  "POST /login",
  "POST /api/v2/webdeployments/token/oauthcodegrantjwtexchange",
  "POST /api/v2/webdeployments/token/refresh",
  "DELETE /api/v2/webdeployments/token/revoke",
];
const oftenHarmless = ["unknown-fields", "unknown-enum-values", "lists-miss-newest", "stale-reads"];
const passing = ["html-answer", "connection-reset", "truncated-body", "bad-gateway", "internal-error"];

describe("faults that come and go in one set", () => {
  let shared: Awaited<ReturnType<typeof makeSet>> & { sandbox: Sandbox };
  beforeAll(async () => {
    const sandbox = await startSandbox({
      limits: { requestsPerMinute: Infinity, loginsPerMinute: Infinity },
    });
    shared = { sandbox, ...(await makeSet(connectionsTo(sandbox))) };
    return () => sandbox.stop();
  });
  afterEach(() => shared.sandbox.faults.allOff());

  test.each(faults.filter(({ kind }) => kind === "ghost"))(
    "$name: no cause, and the way out",
    async ({ name }) => {
      shared.sandbox.faults.on(name);
      const diagnosis = await shared.diagnose({ visitor });
      expect(foundIn(diagnosis)).toEqual([]);
      expect(conclusionOf(diagnosis)).toBe("signInBroken");
      expect(inWords(diagnosis)).toContain("npx amsg rebuild");
    },
  );

  test.each([
    ["client-secret-rotated", "integration-disabled"],
    ["callback-url-differs", "user-not-permitted"],
    ["sign-in-not-published", "deployment-inactive"],
    ["implicit-flow-expected", "page-not-allowed"],
    ["nonce-left-out", "audience-without-client"],
    ["client-secret-rotated", "signing-key-unknown"],
    ["other-integration", "clock-behind"],
    ["discovery-url-of-other-host", "refresh-token-useless"],
  ])("%s and %s are both found", async (...names) => {
    for (const name of names) shared.sandbox.faults.on(name);
    const expected = names.map((name) => faults.find((fault) => fault.name === name)?.cause);
    expect(foundIn(await shared.diagnose({ visitor })).toSorted()).toEqual(expected.toSorted());
  });

  test("no output shows a secret", async () => {
    const { sandbox, opened, whole, diagnose } = shared;
    const recorded = [whole.app.outputs().consumerSecret, whole.credential.outputs().clientSecret].map(
      String,
    );
    for (const fault of ["client-secret-rotated", "code-verifier-refused", "signing-key-unknown"]) {
      sandbox.faults.on(fault);
      const present = sandbox.salesforce.store.state.consumers.map(({ secret }) => secret);
      const outputs = everyOutput(opened, await diagnose({ visitor }));
      expect(outputs).toMatch(/fingerprint [0-9a-f]{12}/);
      for (const secret of [visitor.password, ...recorded, ...present]) expect(outputs).not.toContain(secret);
      expect(outputs).not.toMatch(/eyJ[\w-]{8,}\./);
      sandbox.faults.off(fault);
    }
  });
});

describe("what no fault of the sandbox shows", () => {
  test.each([
    ["client-secret-differs", "A1"],
    ["client-id-differs", "A2"],
  ])("%s is %s alone where the org shows the client id", async (fault, cause) => {
    const credentialFieldsOnRead = {
      ...assumptions.genesys.credentialFieldsOnRead,
      chosen: "withoutSecrets" as const,
    };
    const { sandbox, diagnose } = await startSet({
      assumptions: { genesys: { ...assumptions.genesys, credentialFieldsOnRead } },
    });
    sandbox.faults.on(fault);
    expect(foundIn(await diagnose())).toEqual([cause]);
  });

  test("a page contract of another region or deployment: B2", async () => {
    const { opened } = await startSet();
    const pageContract = { ...opened.set.pageContract, deploymentId: "00000000-0000-4000-8000-000000000000" };
    expect(foundIn(await diagnose({ ...opened, set: { ...opened.set, pageContract } }))).toEqual(["B2"]);
  });

  test("a second object with the set's mark: C5, and nothing is done to it", async () => {
    const { sandbox, whole, diagnose } = await startSet();
    const { credentials } = sandbox.genesys.store.state;
    const credential = credentials[whole.credential.id()];
    if (credential) credentials.twin = { ...credential, id: "twin" };
    const diagnosis = await diagnose();
    expect(foundIn(diagnosis)).toEqual(["C5"]);
    expect(diagnosis.findings[0]?.evidence).toEqual({ objects: "credential twin" });
    expect(credentials.twin).toBeDefined();
  });

  test("a log-in that may not see the secret: D2, and the rest is looked at", async () => {
    const { sandbox, opened } = await startSet();
    const connections = {
      ...opened.connections,
      salesforce: () => readOnlySalesforce(sandbox.salesforceUrl),
    };
    const diagnosis = await diagnose({ ...opened, connections });
    expect(foundIn(diagnosis)).toEqual(["D2"]);
  });

  test("a log-in that may only read is enough", async () => {
    const { sandbox, opened } = await startSet();
    const connections = { ...opened.connections, genesys: () => readOnlyGenesys(sandbox.genesysUrl) };
    expect(foundIn(await diagnose({ ...opened, connections }))).toEqual([]);
  });

  test.each([
    ["deployment", "A6"],
    ["configuration", "A4"],
    ["integration", "A5"],
    ["credential", "A1"],
    ["app", "A22"],
  ] as const)("a %s that is gone: %s", async (member, cause) => {
    const { whole, diagnose } = await startSet();
    await whole[member].remove();
    expect(foundIn(await diagnose())).toEqual([cause]);
  });
});

const expectedCodes = {
  down: /SIGN_IN_NO_ANSWER|SIGN_IN_UNAVAILABLE|DIAGNOSIS_TIMED_OUT|GENESYS_UNREACHABLE/,
  silent: /DIAGNOSIS_TIMED_OUT/,
  HTML: /DIAGNOSIS_TIMED_OUT|GENESYS_UNEXPECTED_ANSWER/,
};

test("a visitor who is not let in: what only a code shows is not called all right", async () => {
  const { opened } = await startSet();
  const diagnosis = await diagnose(opened, { visitor: { ...visitor, password: "wrong" } });
  const ofCode = diagnosis.checks.filter(({ id }) => ["A13", "A15", "A16"].includes(id));
  expect(ofCode.map(({ status, what }) => [status, what])).toEqual(
    Array(3).fill(["notRun", "There is no code: the sign-in ended in its step login."]),
  );
  expect(conclusionOf(diagnosis)).toBe("incomplete");
  expect(inWords(diagnosis)).toContain("the sign-in did not get far enough");
});

describe("vendors that do not answer", () => {
  test.each(["down", "silent", "HTML"] as const)(
    "%s: errors with the next step, within the deadline",
    async (how) => {
      const { opened } = await startSet();
      const began = performance.now();
      const diagnosis = await diagnose(await movedTo(opened, await brokenServer(how)), {
        visitor,
        deadlineMs: 1_500,
      });
      expect(performance.now() - began).toBeLessThan(30_000);
      expect(conclusionOf(diagnosis)).toBe("incomplete");
      expect(foundIn(diagnosis)).toEqual([]);
      for (const { error, status } of diagnosis.checks.filter((check) => check.error)) {
        expect(status).toBe("notRun");
        expect(error?.next).toMatch(/\w/);
      }
      expect(errorsIn(diagnosis).length).toBeGreaterThan(10);
      expect(errorsIn(diagnosis).join()).toMatch(expectedCodes[how]);
    },
    60_000,
  );

  test("the caller may end it", async () => {
    const { opened } = await startSet();
    const ended = new AbortController();
    const working = diagnose(await movedTo(opened, await brokenServer("silent")), { signal: ended.signal });
    ended.abort(new Error("ended"));
    await expect(working).rejects.toThrow("ended");
  });
});

function everyOutput(opened: OpenedSet, diagnosis: Diagnosis): string {
  return [
    JSON.stringify(diagnosis),
    diagnosisAsText(opened, diagnosis),
    htmlReport(opened, diagnosis, new Date(0)),
    junitReport("suite", diagnosis.checks),
  ].join("\n");
}

test("every known cause has its check, with its whole story", () => {
  const numbered = (letter: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
  expect(checks.map(({ id }) => id)).toEqual([
    ...numbered("A", 27),
    ...numbered("B", 6),
    ...numbered("C", 5),
    ...numbered("D", 2),
  ]);
  for (const { story, fix, title, looks } of checks)
    for (const text of [...Object.values(story), ...Object.values(fix), title, looks])
      expect(text).toMatch(/\w/);
});

function readOnlySalesforce(salesforceInstanceUrl: string) {
  return openSalesforce({
    salesforceInstanceUrl,
    salesforceApiVersion: "66.0",
    salesforceClientId: salesforceReadOnly.clientId,
    salesforceClientSecret: salesforceReadOnly.clientSecret,
  });
}

function readOnlyGenesys(genesysGatewayUrl: string) {
  return openGenesys({
    genesysRegion: "us-east-1",
    genesysGatewayUrl,
    genesysClientId: genesysReadOnlyClient.clientId,
    genesysClientSecret: genesysReadOnlyClient.clientSecret,
  });
}

/** The address of a server that is of no use, as long as the test lives. */
async function brokenServer(how: "down" | "silent" | "HTML"): Promise<string> {
  if (how === "down") return deadAddress;
  const server = createServer((_request, response) => {
    if (how === "HTML")
      response.writeHead(200, { "content-type": "text/html" }).end("<h1>Be right back</h1>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return url;
}

/** The same set, whose vendors are to be found at another address. */
async function movedTo({ set, ...opened }: OpenedSet, url: string): Promise<OpenedSet> {
  const { deploymentId, clientId, redirectUri, scopes, pkce } = set.pageContract;
  const pageContract = {
    deploymentId,
    clientId,
    redirectUri,
    scopes,
    pkce,
    genesysApiUrl: url,
    discoveryUrl: `${url}/.well-known/openid-configuration`,
    issuer: url,
    authorizeUrl: `${url}/services/oauth2/authorize`,
  };
  const connections: Connections = {
    ...opened.connections,
    genesys: () => readOnlyGenesys(url),
    salesforce: () => readOnlySalesforce(url),
  };
  return { ...opened, connections, set: { ...set, pageContract } };
}
