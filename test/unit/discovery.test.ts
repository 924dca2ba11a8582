import { withClock } from "authenticated-messaging-providers/clock.ts";
import { discover } from "authenticated-messaging-providers/salesforce/discovery.ts";
import { afterEach, describe, expect, it } from "vitest";
import { quickClock } from "../fuzz/quickClock.ts";
import { inOneMinute, json, type Script, scriptedServer } from "./scriptedServer.ts";

let stop: (() => Promise<void>) | undefined;
afterEach(async () => stop?.());

async function discoverAt(path: string, script: Script) {
  const server = await scriptedServer(script);
  stop = server.stop;
  return withClock(quickClock(), () => discover(`${server.url}${path}`));
}

const document = {
  issuer: "https://acme.my.site.com/customers",
  authorization_endpoint: "https://acme.my.site.com/customers/services/oauth2/authorize",
  token_endpoint: "https://acme.my.site.com/customers/services/oauth2/token",
  jwks_uri: "https://acme.my.site.com/customers/id/keys",
};

describe("discover", () => {
  it("keeps the path of an Experience Cloud site", async () => {
    let asked: string | undefined;
    const found = await discoverAt("/customers/", (request, response) => {
      asked = request.url;
      json(response, 200, document);
    });
    expect(asked).toBe("/customers/.well-known/openid-configuration");
    expect(found).toMatchObject({ issuer: document.issuer, authorizeUrl: document.authorization_endpoint });
  });

  it("asks again after a page of a proxy that was answered with 200", async () => {
    let asked = 0;
    const found = await discoverAt("", (_request, response) => {
      asked += 1;
      if (asked > 1) return json(response, 200, document);
      response.writeHead(200, { "content-type": "text/html" }).end("<html>proxy</html>");
    });
    expect([asked, found.issuer]).toEqual([2, document.issuer]);
  });

  it.each(inOneMinute)("asks again when a 429 says, by %s", async (_form, header) => {
    const clock = quickClock();
    const times: number[] = [];
    const server = await scriptedServer((_request, response) => {
      times.push(clock.now());
      if (times.length > 1) return json(response, 200, document);
      json(response, 429, {}, { "retry-after": header() });
    });
    stop = server.stop;
    expect(await withClock(clock, () => discover(server.url))).toMatchObject({ issuer: document.issuer });
    const waited = (times[1] ?? 0) - (times[0] ?? 0);
    expect(waited).toBeGreaterThan(30_000);
    expect(waited).toBeLessThan(100_000);
  });

  it.each<[string, Script, RegExp]>([
    [
      "an HTML page",
      (_q, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
      /content type text\/html/,
    ],
    [
      "a redirect",
      (_q, response) => void response.writeHead(302, { location: "https://login.salesforce.com" }).end(),
      /status 302/,
    ],
    ["a 404", (_q, response) => json(response, 404, {}), /status 404/],
    [
      "a document that lacks members",
      (_q, response) => json(response, 200, { issuer: document.issuer }),
      /missing or invalid .*jwks_uri/,
    ],
  ])("refuses %s and says what it saw", async (_what, script, evidence) => {
    const work = discoverAt("", script);
    await expect(work).rejects.toThrow("DISCOVERY_UNUSABLE");
    await expect(work).rejects.toThrow(evidence);
  });
});
