import { expect, test } from "vitest";
import { signIn } from "../../operations/signIn/signIn.ts";
import { genesysClient, visitor } from "../../sandbox/accounts.ts";
import { fastDelays } from "../../sandbox/delays.ts";
import { startOrgs } from "../providers/sandboxSet.ts";
import { createSet, pageContractOf, refreshSet, removeSet } from "../providers/wholeSet.ts";
import { credentialBody, eventually, logIn, send } from "./genesysOrg.ts";
import { APP, connect, createApp } from "./salesforceOrg.ts";

/** A change of the delay counts at once. */
async function start(staleReadsMs: number) {
  const delays = { ...fastDelays, staleReadsMs };
  return { delays, ...(await startOrgs({ delays })) };
}

test("reads of Genesys lag behind its writes, which themselves do not", async () => {
  const { sandbox, delays } = await start(600_000);
  const token = (await logIn(sandbox.genesysUrl, genesysClient)).body?.access_token;
  const api = (method: string, path: string, body?: unknown) =>
    send(`${sandbox.genesysUrl}/api/v2/integrations${path}`, method, body, {
      authorization: `Bearer ${token}`,
    });
  const { body: made } = await api("POST", "/credentials", credentialBody("one"));
  const path = `/credentials/${made?.id}`;
  expect((await api("GET", path)).status).toBe(404);
  expect((await api("GET", "/credentials")).body?.entities).toEqual([]);
  expect((await api("PUT", path, credentialBody("two"))).status).toBe(200);
  expect((await api("GET", path)).status).toBe(404);
  delays.staleReadsMs = 50;
  await eventually(
    () => api("GET", path),
    ({ body }) => body?.name === "two",
  );
});

test("reads of Salesforce lag behind its writes", async () => {
  const { sandbox, delays } = await start(0);
  const api = connect(sandbox.salesforceUrl);
  await createApp({ api, state: sandbox.salesforce.store.state });
  const read = () => api.metadata.read("ExternalClientApplication", APP);
  const app = await read();
  delays.staleReadsMs = 600_000;
  await api.metadata.update("ExternalClientApplication", { ...app, label: "changed" });
  expect((await read()).label).toBe("Web messaging");
  delays.staleReadsMs = 50;
  await eventually(read, ({ label }) => label === "changed");
});

test("a whole set is made, proven, published anew and removed although reads lag", async () => {
  const { sandbox, connections } = await start(600);
  const set = await createSet(connections);
  await signIn(pageContractOf(set), visitor);
  await set.configuration.update({ sessionUpgrade: true });
  await set.deployment.update({ configurationVersion: set.configuration.outputs().publishedVersion });
  await eventually(
    () => refreshSet(set),
    (differing) => Object.keys(differing).length === 0,
  );
  await removeSet(set);
  const counts = await (await fetch(`${sandbox.genesysUrl}/_sandbox/objects`)).json();
  expect(counts).toEqual({ credentials: 0, integrations: 0, configurations: 0, deployments: 0 });
});
