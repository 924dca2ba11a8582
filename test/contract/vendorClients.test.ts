import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll, describe, expect, test } from "vitest";
import { logIns, startVendors } from "../engine/vendors.ts";
import { type Host, type HostName, hostNames, startHost, urnOf } from "./host.ts";
import { inputsOf, kinds } from "./kinds.ts";

const vendors = await startVendors();
const addresses = {
  "contract:salesforceInstanceUrl": vendors.salesforceUrl,
  "contract:genesysRegion": "us-east-1",
  "contract:genesysGatewayUrl": vendors.genesysUrl,
};
const folder = await mkdtemp(join(tmpdir(), "vendor-clients-"));
afterAll(() => rm(folder, { recursive: true }));

/** A host, and which vendors' clients it has loaded by now. */
async function startWatchedHost(name: HostName, log: string) {
  const file = join(folder, log);
  const preload = join(import.meta.dirname, "moduleLog.cjs");
  const environment = { ...logIns, NODE_OPTIONS: `--require=${preload}`, TEST_MODULE_LOG: file };
  const host = await startHost(name, addresses, environment);
  return {
    host,
    async clients(): Promise<string[]> {
      const loaded = await readFile(file, "utf8");
      // The log is of this very process, and works: the kinds are loaded in any case.
      expect(loaded).toContain("/providers/lifecycle.ts");
      const packages = { Genesys: "purecloud-platform-client-v2/", Salesforce: "@jsforce/jsforce-node/" };
      return Object.entries(packages).flatMap(([vendor, path]) => (loaded.includes(path) ? [vendor] : []));
    },
  };
}

/** All that a preview without refresh asks of a host. */
async function preview(host: Host): Promise<void> {
  for (const kind of kinds) {
    const { inputs } = await host.check(inputsOf(kind));
    await host.diff("any-id", inputs, { ...inputs, label: "Renamed", name: "Renamed" });
    // The stock host is never asked what a creation will lead to.
    if (host.name === "stock host") continue;
    const creation = new provider.CreateRequest().setUrn(urnOf(inputs)).setPreview(true);
    await host.call("create", creation.setProperties(Struct.fromJavaScript(inputs)));
  }
}

const gone = (host: Host, kind: string) =>
  expect(host.read("99999999-2222-4333-8444-555555555555", inputsOf(kind))).resolves.toMatchObject({
    id: "",
  });

describe.each(hostNames)("the %s loads each vendor's client when that vendor is first asked", (name) => {
  test("no client for a preview; then Genesys's alone for a credential", async () => {
    const { host, clients } = await startWatchedHost(name, `${name} genesys`);
    await preview(host);
    expect(await clients()).toEqual([]);
    await gone(host, "credential");
    expect(await clients()).toEqual(["Genesys"]);
  });

  test("Salesforce's alone for an External Client App", async () => {
    const { host, clients } = await startWatchedHost(name, `${name} salesforce`);
    await gone(host, "externalClientApp");
    expect(await clients()).toEqual(["Salesforce"]);
  });
});
