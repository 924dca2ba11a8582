import { withClock } from "authenticated-messaging-providers/clock.ts";
import type { VendorError } from "authenticated-messaging-providers/errors.ts";
import { create, differences, read, remove, update } from "authenticated-messaging-providers/lifecycle.ts";
import { externalClientAppKind as kind } from "authenticated-messaging-providers/salesforce/ExternalClientApp.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Passing } from "../../sandbox/faults/faults.ts";
import { quickClock } from "../fuzz/quickClock.ts";
import { changeMarks } from "../marks.ts";
import { json, scriptedServer } from "../unit/scriptedServer.ts";
import { app, startOrgs } from "./sandboxSet.ts";

const quickly = <T>(work: () => Promise<T>) => withClock(quickClock(), work);

async function made() {
  const { sandbox, connections } = await startOrgs();
  const { id, recorded } = await create(kind, connections, app);
  const meet = (answered: (call: Passing) => boolean, status: number, type: string, body: string) =>
    sandbox.faults.accompany({
      before(call) {
        if (answered(call)) call.answer({ status, headers: { "content-type": type }, body });
      },
    });
  const refresh = () => quickly(() => read(kind, connections, id, recorded));
  const destroy = () => quickly(() => remove(kind, connections, id, recorded));
  const components = () =>
    sandbox.salesforce.store.state.components.map(({ type, fullName }) => `${type} ${fullName}`);
  return { sandbox, recorded, meet, refresh, destroy, components };
}

const isDiscovery = ({ path }: Passing) => path.endsWith("/.well-known/openid-configuration");
const isQuery = ({ path }: Passing) => path.endsWith("/query");

describe("a refresh while the login host", () => {
  it.each([
    ["is unavailable", 503, "text/html", "<html>", "unknown"],
    ["shows a web page", 200, "text/html", "<html>", "unknown"],
    ["is too slow", 408, "application/json", "{}", "unknown"],
    ["gives half a document", 200, "application/json", `{"issuer":"https://acme.example"}`, "unknown"],
    ["limits the number of requests", 429, "application/json", "{}", "rateLimited"],
  ])("%s fails, and changes nothing", async (_what, status, type, body, outcome) => {
    const { meet, refresh } = await made();
    meet(isDiscovery, status, type, body);
    const failure = await refresh().then(
      () => undefined,
      (error: VendorError) => error,
    );
    expect([failure?.code, failure?.outcome]).toEqual(["DISCOVERY_UNUSABLE", outcome]);
    expect(failure?.message).toContain("next: Run the command again; if it persists: Set the login host");
  });

  it("says that it has no document shows a difference", async () => {
    const { meet, refresh } = await made();
    meet(isDiscovery, 404, "application/json", "{}");
    const seen = await refresh();
    expect(seen).toMatchObject({ issuer: "", authorizeUrl: "" });
    expect(differences(kind, seen ?? {}, app)).toEqual(["issuer"]);
  });

  it("is unavailable sees all the same that the app is gone", async () => {
    const { sandbox, meet, refresh } = await made();
    sandbox.salesforce.store.state.components = [];
    meet(isDiscovery, 503, "text/html", "<html>");
    expect(await refresh()).toBeUndefined();
  });
});

it("an app can leave a login host that is out of order for good", async () => {
  const { connections } = await startOrgs();
  let isUp = true;
  const old = await scriptedServer((_request, response) =>
    json(response, isUp ? 200 : 503, {
      issuer: old.url,
      authorization_endpoint: `${old.url}/authorize`,
      token_endpoint: `${old.url}/token`,
      jwks_uri: `${old.url}/keys`,
    }),
  );
  onTestFinished(old.stop);
  const { id, recorded } = await create(kind, connections, { ...app, loginHost: old.url });
  isUp = false;
  const { instanceUrl } = connections.salesforce();
  expect(await quickly(() => update(kind, connections, id, recorded, app))).toMatchObject({
    issuer: instanceUrl,
  });
});

it("an app whose record cannot be looked up by query is not taken for gone, and not deleted", async () => {
  const { sandbox, meet, destroy, components } = await made();
  changeMarks(sandbox);
  const before = components();
  const notFound = [{ errorCode: "NOT_FOUND", message: "The requested resource does not exist" }];
  const end = meet(isQuery, 404, "application/json", JSON.stringify(notFound));
  await expect(destroy()).rejects.toThrow(/SALESFORCE_REQUEST_REFUSED: .*find the record of the app/);
  expect(components()).toEqual(before);
  end();
  await destroy();
  expect(components().filter((name) => name.includes(app.developerName))).toEqual([]);
});
