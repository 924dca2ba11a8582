import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { signIn } from "../../operations/signIn/signIn.ts";
import { logInsOf } from "../../sandbox/logIns.ts";
import { type OrgsOptions, startOrgs } from "../../sandbox/orgs.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { connectionsTo } from "../connections.ts";
import { portsInARow } from "../freePorts.ts";
import { createSet, pageContractOf } from "../providers/wholeSet.ts";
import { logIn } from "./genesysOrg.ts";

const names = ["dev", "staging"];
const [dev, staging] = [logInsOf("dev"), logInsOf("staging")];

async function startBoth(options: OrgsOptions = {}) {
  const orgs = await startOrgs(names, options);
  onTestFinished(orgs.stop);
  return { ...orgs, dev: sandboxOf(orgs, "dev"), staging: sandboxOf(orgs, "staging") };
}

function sandboxOf({ sandboxes }: { sandboxes: ReadonlyMap<string, Sandbox> }, name: string): Sandbox {
  const sandbox = sandboxes.get(name);
  if (sandbox === undefined) throw new Error(`There is no org ${name}.`);
  return sandbox;
}

async function json(url: string) {
  return (await fetch(url)).json();
}

describe("two orgs in one process", () => {
  test("have ids, keys, users and log-ins of their own, and refuse each other's", async () => {
    const orgs = await startBoth();
    const states = [orgs.dev, orgs.staging].map(({ salesforce }) => salesforce.store.state);
    const [first, second] = states.map(({ orgId, signingKeys, cookieKeys, users }) => [
      orgId,
      signingKeys[0]?.n,
      cookieKeys[0],
      ...users.map(({ username }) => username),
    ]);
    expect(first?.filter((value) => second?.includes(value))).toEqual([]);

    for (const [org, own, other] of [
      [orgs.dev, dev, staging],
      [orgs.staging, staging, dev],
    ] as const) {
      expect((await logIn(org.genesysUrl, own.genesysClient)).status).toBe(200);
      expect((await logIn(org.genesysUrl, other.genesysClient)).status).toBe(400);
      expect(await userInfo(org, own.salesforceAdmin.accessToken)).toBe(200);
      expect(await userInfo(org, other.salesforceAdmin.accessToken)).not.toBe(200);
    }
  });

  test("a set in one, with a proven sign-in, leaves no trace in the other; nor does a fault", async () => {
    const orgs = await startBoth();
    const set = await createSet(connectionsTo(orgs.staging, {}, "staging"));
    orgs.dev.faults.on("internal-error");
    await signIn(pageContractOf(set), staging.visitor);
    expect(await json(`${orgs.staging.genesysUrl}/_sandbox/objects`)).toMatchObject({ deployments: 1 });
    expect(await json(`${orgs.dev.genesysUrl}/_sandbox/objects`)).toMatchObject({ deployments: 0 });
    await expect(signIn(pageContractOf(set), dev.visitor)).rejects.toMatchObject({
      code: "SIGN_IN_LOGIN_REFUSED",
    });
    expect(orgs.staging.faults.idle).toBe(true);
    await orgs.stop();
  });

  test("tell their names, and their pages lead to each other", async () => {
    const orgs = await startBoth();
    for (const [org, other] of [names, names.toReversed()] as [string, string][]) {
      const { salesforceUrl, genesysUrl, webPageUrl } = sandboxOf(orgs, org);
      for (const url of [salesforceUrl, genesysUrl, webPageUrl]) {
        expect(await json(`${url}/_sandbox/health`)).toMatchObject({ org });
      }
      expect(await json(`${webPageUrl}/_sandbox/overview`)).toMatchObject({
        org,
        otherOrgs: [{ org: other, url: `${sandboxOf(orgs, other).webPageUrl}/sandbox` }],
      });
    }
  });

  test("keep their states apart on disk; dev's lies where it lies without other orgs", async () => {
    const data = await mkdtemp(join(tmpdir(), "orgs-"));
    onTestFinished(() => rm(data, { recursive: true, force: true }));
    const before = await startBoth({ data });
    before.staging.faults.on("slow-answer");
    const ids = names.map((name) => sandboxOf(before, name).salesforce.store.state.signingKeys[0]?.kid);
    await before.stop();
    const alone = await startOrgs(["dev"], { data });
    expect(sandboxOf(alone, "dev").salesforce.store.state.signingKeys[0]?.kid).toBe(ids[0]);
    await alone.stop();
    const again = await startBoth({ data });
    expect(again.staging.salesforce.store.state.signingKeys[0]?.kid).toBe(ids[1]);
    expect([again.dev.faults.names, again.staging.faults.names]).toEqual([[], ["slow-answer"]]);
  });

  test("when one cannot start, none is left running", async () => {
    const first = await portsInARow(4);
    const blocker = await startOrgs(["dev"], { ports: { genesys: first + 3 } });
    onTestFinished(blocker.stop);
    const starting = startOrgs(names, { ports: { genesys: first } });
    await expect(starting).rejects.toMatchObject({ code: "EADDRINUSE", port: first + 3 });
    await expect(json(`http://127.0.0.1:${first}/_sandbox/health`)).rejects.toThrow();
  });
});

async function userInfo({ salesforceUrl }: Sandbox, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${salesforceUrl}/services/oauth2/userinfo`, { headers })).status;
}
