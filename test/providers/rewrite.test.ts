import { credentialKind } from "authenticated-messaging-providers/genesys/Credential.ts";
import { integrationKind } from "authenticated-messaging-providers/genesys/Integration.ts";
import { messengerConfigurationKind } from "authenticated-messaging-providers/genesys/MessengerConfiguration.ts";
import { rewriteOrder, rewriteVariable } from "authenticated-messaging-providers/rewriteOrder.ts";
import { expect, onTestFinished, test, vi } from "vitest";
import { owner, startOrgs } from "./sandboxSet.ts";
import { createSet, refreshSet, type WholeSet } from "./wholeSet.ts";

/** What each member is asked when it is written anew, though nothing differs. */
const rewrites: { name: keyof WholeSet; kind: { noun: string }; writes: string[] }[] = [
  { name: "credential", kind: credentialKind, writes: ["PUT /api/v2/integrations/credentials/ID"] },
  {
    name: "integration",
    kind: integrationKind,
    writes: ["PATCH /api/v2/integrations/ID", "PATCH /api/v2/integrations/ID"],
  },
  {
    name: "configuration",
    kind: messengerConfigurationKind,
    writes: ["POST /api/v2/webdeployments/configurations/ID/versions/draft/publish"],
  },
];

test.each(rewrites)("the $name is written anew when the run says so", async ({ name, kind, writes }) => {
  const { sandbox, connections } = await startOrgs();
  const set = await createSet(connections);
  const { log } = sandbox.genesys;
  const writesOf = async (work: () => Promise<void>) => {
    log.clear();
    await work();
    const sent = log.entries.filter(({ method }) => method !== "GET");
    return sent.map(({ method, path }) => `${method} ${path.replace(set[name].id(), "ID")}`);
  };
  expect(await writesOf(() => set[name].update({}))).toEqual([]);

  vi.stubEnv(rewriteVariable, rewriteOrder(kind, owner));
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await writesOf(() => set[name].update({}))).toEqual(writes);
  vi.unstubAllEnvs();
  expect(await refreshSet(set)).toEqual({});
});
