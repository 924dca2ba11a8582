import { expect, test } from "vitest";
import { choose } from "../../sandbox/assumption.ts";
import { assumptions } from "../../sandbox/assumptions.ts";
import { eventually } from "../sandbox/genesysOrg.ts";
import { only } from "./drift.ts";
import { nameOf, openStack, printed, type Run, succeeded, usualHost } from "./stack.ts";
import { editComponent, logIns, settingsFor, startVendors } from "./vendors.ts";

// A person can empty the list of domains only where Genesys lets them.
const genesys = choose(assumptions.genesys, { emptyDomainList: "allowed" });
const vendors = await startVendors({ assumptions: { ...assumptions, genesys } });
const { genesysApi } = vendors;
const { credentials, integrations, configurations, deployments } = vendors.genesys.store.state;
const stack = await openStack({
  settings: settingsFor(vendors),
  environment: logIns,
});
await succeeded(stack.up());

const draftPath = `/webdeployments/configurations/${only(configurations).id}/versions/draft`;
async function editDraft(change: object): Promise<void> {
  const { status, version, dateCreated, dateModified, selfUri, ...draft } = await genesysApi(
    "GET",
    draftPath,
  );
  await genesysApi("PUT", draftPath, { ...draft, ...change });
  await eventually(
    () => genesysApi("GET", draftPath),
    (seen) => seen.status === "Active",
  );
}
async function editDeployment(change: object): Promise<void> {
  const path = `/webdeployments/deployments/${only(deployments).id}`;
  const { snippet, dateCreated, dateModified, selfUri, id, ...body } = await genesysApi("GET", path);
  await genesysApi("PUT", path, { ...body, ...change });
}
async function writeCredential(): Promise<void> {
  const { id, name, type, fields } = only(credentials);
  const body = { name, type: { name: type }, credentialFields: { ...fields, clientSecret: "another" } };
  await genesysApi("PUT", `/integrations/credentials/${id}`, body);
}
/** On the stock host the engine sees differences of inputs alone, and more of them: there the members must be shown. */
async function expectNamed(wanted: Record<string, string[]>): Promise<void> {
  const seen = named(await stack.preview("--refresh", "--diff"));
  if (usualHost === "own") expect(seen).toEqual(wanted);
  else expect(Object.keys(seen)).toEqual(expect.arrayContaining(Object.keys(wanted)));
}

test("a newer version with other settings, the credential, the policies", async () => {
  await editDraft({ languages: ["en-us"] });
  await genesysApi("POST", `${draftPath}/publish`);
  await writeCredential();
  await editComponent(vendors, "ExtlClntAppOauthConfigurablePolicies", {
    ipRelaxationPolicyType: "Bypass",
  });
  await expectNamed({
    "messaging-app": ["policies"],
    "messaging-credential": ["clientId", "clientSecret"],
    "messaging-configuration": ["languages"],
    "messaging-deployment": ["configurationVersion"],
  });
  await succeeded(stack.up("--refresh"));
});

test("an edited draft, another version pinned, no domains, a rotated secret, an integration in error", async () => {
  await editDraft({ languages: ["en-us"] });
  await editDeployment({
    configuration: { id: only(configurations).id, version: "1" },
    allowedDomains: [],
  });
  for (const consumer of vendors.salesforce.store.state.consumers) consumer.secret += "-rotated";
  only(integrations).activationFails = true;
  await expectNamed({
    "messaging-credential": ["clientSecret"],
    "messaging-integration": ["reportedState"],
    "messaging-configuration": ["draftChanges"],
    "messaging-deployment": ["allowedDomains", "configurationVersion"],
  });
});

/** Of each changed member, the properties at the first level of the diff. */
function named(run: Run): Record<string, string[]> {
  expect(run.code, printed(run)).toBe(0);
  const members = run.stdout.split(/^ {4}[~+-] (?=pulumi-nodejs:)/m).slice(1);
  return Object.fromEntries(
    members.map((text) => {
      const name = nameOf(/\[urn=(\S+)\]/.exec(text)?.[1] ?? "");
      return [
        name,
        [...text.matchAll(/^ {6}[~+-] (\w+)\s*:/gm)].map(([, property = ""]) => property).toSorted(),
      ];
    }),
  );
}
