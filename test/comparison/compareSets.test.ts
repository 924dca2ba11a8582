import type { CodedError } from "authenticated-messaging-providers/errors.ts";
import { expect, it } from "vitest";
import { compareSets } from "../../operations/comparison/compareSets.ts";
import { compareWithProgram } from "../../operations/comparison/compareWithProgram.ts";
import type { Comparison } from "../../operations/comparison/comparison.ts";
import type { OpenedSet } from "../../operations/stack/messagingSet.ts";
import { faults } from "../../sandbox/faults/index.ts";
import { openedSet } from "../operations/openedSet.ts";
import { startOrgs } from "../providers/sandboxSet.ts";
import { createSet, type WholeSet } from "../providers/wholeSet.ts";

/** An environment: one org of each vendor, with one set. */
async function environment(name: string) {
  const { sandbox, connections } = await startOrgs();
  const whole = await createSet(connections);
  // Sign-ins during a conversation are allowed, so that a fault can forbid them.
  await whole.configuration.update({ sessionUpgrade: true });
  await whole.deployment.update({ configurationVersion: whole.configuration.outputs().publishedVersion });
  return { sandbox, connections, whole, opened: () => openedSet(whole, connections, name) };
}

/** `ECA.callbackUrls A14` */
function told({ differences }: Comparison): string[] {
  return differences.map(({ member, property, cause }) => [`${member}.${property}`, cause].join(" ").trim());
}

/** What shows of each fault: of two sets, and of the set and its program, or the code with which that fails. */
const visible: Record<string, { sets: string; program?: string }> = {
  "client-secret-differs": {
    sets: "credential.has the app's client secret A1",
    program: "credential.clientSecret A1",
  },
  "client-id-differs": {
    sets: "credential.has the app's client id A2",
    program: "credential.clientId A2",
  },
  "client-secret-rotated": {
    sets: "credential.has the app's client secret A1",
    program: "ECA.consumerSecret A1",
  },
  "other-integration": {
    sets: "configuration.authenticationSettings.integrationId A3",
    program: "configuration.integrationId A3",
  },
  "sign-in-not-published": {
    sets: "configuration.authenticationSettings.enabled A4",
    program: "configuration.integrationId A3",
  },
  "integration-disabled": { sets: "integration.intendedState A5", program: "integration.enabled A5" },
  "deployment-inactive": { sets: "deployment.status A6", program: "deployment.status A6" },
  "discovery-url-of-other-host": {
    sets: "integration.config.properties.discoveryUri A7",
    program: "integration.discoveryUrl A7",
  },
  "discovery-unreachable": { sets: "ECA.discovery A8", program: "DISCOVERY_UNUSABLE" },
  "openid-scope-not-selected": {
    sets: "ECA.oauthSettings.commaSeparatedOauthScopes A10",
    program: "ECA.scopes A10",
  },
  "callback-url-differs": {
    sets: "ECA.globalOauthSettings.callbackUrl A14",
    program: "ECA.callbackUrls A14",
  },
  "client-authentication-unsupported": { sets: "ECA.discovery.token_endpoint_auth_methods_supported A17" },
  "implicit-flow-expected": { sets: "integration.config.properties.implicitFlowSupport A18" },
  "iss-expected": { sets: "ECA.discovery.authorization_response_iss_parameter_supported A19" },
  "user-not-permitted": { sets: "ECA.oauthPolicies.permittedUsersPolicyType A20" },
  "oauth-link-dangling": { sets: "ECA.oauthSettings.oauthLink A22" },
  "page-not-allowed": { sets: "deployment.allowedDomains B1", program: "deployment.allowedDomains B1" },
  // What a page of this region loads is not there: which of the causes it is, `diagnose` tells.
  "deployment-of-other-region": { sets: "deployment.page.config A4" },
  "refresh-token-useless": { sets: "ECA.oauthPolicies.refreshTokenPolicyType B3" },
  "session-upgrade-off": {
    sets: "configuration.authenticationSettings.allowSessionUpgrade B6",
    program: "configuration.sessionUpgrade B6",
  },
};

it("shows every fault that a read shows, and no ghost", async () => {
  const [left, right] = await Promise.all([environment("shop"), environment("helpdesk")]);
  for (const { name, kind } of faults.filter(({ kind }) => kind !== "transport")) {
    right.sandbox.faults.on(name);
    const sets = told(await compareSets(left.opened(), right.opened()));
    const program = await compareWithProgram(right.opened()).then(told, ({ code }: CodedError) => [code]);
    right.sandbox.faults.off(name);
    const { sets: ofSets, program: ofProgram } = visible[name] ?? {};
    const isGhost = kind === "ghost";
    expect(isGhost && ofSets, name).toBeFalsy();
    if (ofSets) expect(sets, name).toContain(ofSets);
    else expect(sets, name).toEqual([]);
    if (ofProgram) expect(program, name).toContain(ofProgram);
    else expect(program, name).toEqual([]);
  }
}, 180_000);

it("of two healthy sets tells only what cannot be the same, without any secret", async () => {
  const [left, right] = await Promise.all([environment("shop"), environment("helpdesk")]);
  const secret = String(right.whole.app.outputs().consumerSecret);
  await left.whole.integration.update({ notes: "Of the shop." });
  await right.whole.integration.update({ notes: `Somebody pasted ${secret} here.` });
  const comparison = await compareSets(left.opened(), right.opened());
  expect(comparison).toMatchObject({ left: { name: "prod:shop" }, right: { name: "prod:helpdesk" } });
  expect(told(comparison)).toEqual([]);
  expect(comparison.same).toBeGreaterThan(80);
  const { left: a, right: b } =
    comparison.expected.find(({ property }) => property === "consumerSecret") ?? {};
  expect(a).toMatch(/^fingerprint [0-9a-f]{12}$/);
  expect(b).not.toBe(a);
  for (const { whole } of [left, right]) {
    expect(JSON.stringify(comparison)).not.toContain(whole.app.outputs().consumerSecret);
  }
  expect(JSON.stringify(comparison)).toContain("Somebody pasted <client secret> here.");
});

it("tells what the program does not declare, and what is gone", async () => {
  const [left, right] = await Promise.all([environment("shop"), environment("helpdesk")]);
  const change = (name: string, fields: object) => editApp(right, name, fields);
  await change("ExtlClntAppConfigurablePolicies", { isOauthPluginEnabled: false });
  await change("ExtlClntAppGlobalOauthSettings", { isIntrospectAllTokens: true });
  const stored = right.sandbox.genesys.store.state;
  Object.assign(stored.deployments[right.whole.deployment.id()] ?? {}, {
    identityResolution: { resolveIdentities: true },
  });
  delete stored.credentials[right.whole.credential.id()];
  const [sets, program] = [
    told(await compareSets(left.opened(), right.opened())),
    told(await compareWithProgram(right.opened())),
  ];
  expect(sets).toEqual(
    expect.arrayContaining([
      "ECA.pluginPolicies.isOauthPluginEnabled A20",
      "ECA.globalOauthSettings.isIntrospectAllTokens",
      "deployment.identityResolution.resolveIdentities A27",
      "credential.exists",
    ]),
  );
  expect(sets.filter((row) => row.startsWith("credential."))).toEqual(["credential.exists"]);
  expect(program).toContain("credential.exists");
});

it("tells a member that the state has not, a version that was left behind, and a credential of another hand", async () => {
  const [left, right] = await Promise.all([environment("shop"), environment("helpdesk")]);
  const incomplete: OpenedSet = left.opened();
  delete incomplete.set.members.integration;
  expect(told(await compareWithProgram(incomplete))).toEqual(["integration.exists"]);
  await leaveBehind(right.whole);
  const stored = right.sandbox.genesys.store.state.credentials[right.whole.credential.id()];
  if (stored) stored.modifiedDate = new Date(Date.now() + 1_000).toISOString();
  expect(told(await compareSets(left.opened(), right.opened()))).toEqual([
    "credential.has the app's client id A2",
    "credential.has the app's client secret A1",
    "configuration.draft differs in A4",
    "deployment.serves the newest version A4",
  ]);
});

async function leaveBehind({ configuration }: WholeSet) {
  await configuration.update({ sessionUpgrade: false });
}

/** As an admin does it in Setup. */
async function editApp(
  { connections, whole }: Awaited<ReturnType<typeof environment>>,
  type: string,
  fields: object,
) {
  const salesforce = connections.salesforce();
  const listed = await salesforce.listMetadata([type]);
  const fullName = listed.find(({ fullName }) => fullName.startsWith(whole.app.id()))?.fullName ?? "";
  const { consumerSecret: _, ...present } = (await salesforce.readMetadata(type, fullName)) ?? { fullName };
  await salesforce.updateMetadata(type, { ...present, fullName, ...fields });
}
