import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { signIn } from "../../operations/signIn/signIn.ts";
import { visitor } from "../../sandbox/accounts.ts";
import { expectNoDrift, namesOf, only } from "./drift.ts";
import { checkout, openStack, succeeded } from "./stack.ts";
import { logIns, sets, startVendors } from "./vendors.ts";

const vendors = await startVendors();
const environment = {
  ...logIns,
  SALESFORCE_INSTANCE_URL: vendors.salesforceUrl,
  GENESYSCLOUD_REGION: "us-east-1",
  GENESYSCLOUD_GATEWAY_URL: vendors.genesysUrl,
};

describe("examples/two-sets", async () => {
  const stack = await openStack({
    program: join(checkout, "examples", "two-sets"),
    settings: {},
    environment,
  });

  test("makes two whole sets, and visitors can sign in at both", async () => {
    await succeeded(stack.up());
    expect(await vendors.objects()).toEqual(sets(2));
    const { shopPage, helpdeskPage } = await stack.outputs();
    await signIn(shopPage, visitor);
    await signIn(helpdeskPage, visitor);
    await expectNoDrift(stack);
  });

  test("a member of one set deleted by hand is made anew in that set alone", async () => {
    const { shopPage, helpdeskPage } = await stack.outputs();
    await vendors.genesysApi("DELETE", `/webdeployments/deployments/${shopPage.deploymentId}`);
    const run = await succeeded(stack.up("--refresh", "--json"));
    expect(namesOf(run)).toEqual(["create shop-deployment"]);
    expect((await stack.outputs()).helpdeskPage).toEqual(helpdeskPage);
  });

  test("destroy takes both down", async () => {
    await succeeded(stack.destroy());
    expect(await vendors.objects()).toEqual(sets(0));
  });
});

describe("examples/credential-only", async () => {
  const stack = await openStack({
    program: join(checkout, "examples", "credential-only"),
    settings: { clientId: "my-client" },
    environment,
  });
  const credential = () => only(vendors.everything().credentials);

  test("keeps one credential, and asks Salesforce nothing", async () => {
    await stack.setSecret("clientSecret", "first-client-secret");
    vendors.salesforce.log.clear();
    await succeeded(stack.up());
    expect(credential()).toMatchObject({
      name: "Customer sign-in [managed by pulumi: credential-only/test/credential/single]",
      fields: { clientId: "my-client", clientSecret: "first-client-secret" },
    });
    expect((await stack.outputs()).credentialId).toBe(credential().id);
    expect(vendors.salesforce.log.entries).toEqual([]);
    await expectNoDrift(stack);
  });

  test("writes another secret into the same credential", async () => {
    const { id } = credential();
    await stack.setSecret("clientSecret", "second-client-secret");
    await succeeded(stack.up());
    expect(credential()).toMatchObject({ id, fields: { clientSecret: "second-client-secret" } });
  });

  test("destroy takes it down", async () => {
    await succeeded(stack.destroy());
    expect(await vendors.objects()).toEqual(sets(0));
  });
});
