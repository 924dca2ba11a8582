import { status } from "@grpc/grpc-js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import {
  type ResourceProviderClient,
  ResourceProviderService,
} from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { describe, expect, test } from "vitest";
import { type Host, HostError, hostNames, refusal, startHost, urnOf } from "./host.ts";
import { inputsOf, kinds } from "./kinds.ts";

// Neither vendor is there: what cannot be understood is answered without them.
const hosts = await Promise.all(hostNames.map((name) => startHost(name, {}, {})));

const urn = urnOf(inputsOf("credential"));
const bag = () => Struct.fromJavaScript(inputsOf("credential"));
const { UNIMPLEMENTED, UNKNOWN } = status;

/** Every call of the protocol, as the engine may send it, and the status of each host's answer. */
const calls: Record<string, [object, { own: status; stock: status }]> = {
  handshake: [new provider.ProviderHandshakeRequest(), { own: status.OK, stock: UNIMPLEMENTED }],
  configure: [
    new provider.ConfigureRequest().setArgs(Struct.fromJavaScript({})),
    { own: status.OK, stock: status.OK },
  ],
  check: [
    new provider.CheckRequest().setUrn(urn).setNews(bag()).setOlds(bag()),
    { own: status.OK, stock: status.OK },
  ],
  diff: [
    new provider.DiffRequest().setUrn(urn).setNews(bag()).setOlds(bag()),
    { own: status.OK, stock: status.OK },
  ],
  // These reach for a vendor, and are told that no way to it is set.
  create: [new provider.CreateRequest().setUrn(urn).setProperties(bag()), { own: UNKNOWN, stock: UNKNOWN }],
  read: [
    new provider.ReadRequest().setUrn(urn).setId("id").setProperties(bag()),
    { own: UNKNOWN, stock: UNKNOWN },
  ],
  update: [
    new provider.UpdateRequest().setUrn(urn).setId("id").setOlds(bag()).setNews(bag()),
    { own: UNKNOWN, stock: UNKNOWN },
  ],
  delete: [
    new provider.DeleteRequest().setUrn(urn).setId("id").setProperties(bag()),
    { own: UNKNOWN, stock: UNKNOWN },
  ],
  getPluginInfo: [new empties.Empty(), { own: status.OK, stock: status.OK }],
  cancel: [new empties.Empty(), { own: status.OK, stock: status.OK }],
  // The engine does without these.
  list: [new provider.ListRequest(), { own: UNIMPLEMENTED, stock: UNIMPLEMENTED }],
  checkConfig: [new provider.CheckRequest(), { own: UNIMPLEMENTED, stock: UNIMPLEMENTED }],
  diffConfig: [new provider.DiffRequest(), { own: UNIMPLEMENTED, stock: UNIMPLEMENTED }],
  getSchema: [new provider.GetSchemaRequest(), { own: UNIMPLEMENTED, stock: UNIMPLEMENTED }],
  parameterize: [new provider.ParameterizeRequest(), { own: UNIMPLEMENTED, stock: UNIMPLEMENTED }],
  invoke: [new provider.InvokeRequest(), { own: UNIMPLEMENTED, stock: UNKNOWN }],
  call: [new provider.CallRequest(), { own: UNIMPLEMENTED, stock: UNIMPLEMENTED }],
  construct: [new provider.ConstructRequest(), { own: UNIMPLEMENTED, stock: UNIMPLEMENTED }],
  attach: [
    new plugins.PluginAttach().setAddress("127.0.0.1:1"),
    { own: UNIMPLEMENTED, stock: UNIMPLEMENTED },
  ],
  getMapping: [new provider.GetMappingRequest(), { own: UNIMPLEMENTED, stock: UNIMPLEMENTED }],
  getMappings: [new provider.GetMappingsRequest(), { own: UNIMPLEMENTED, stock: UNIMPLEMENTED }],
};
function send(host: Host, name: string, request: object): Promise<unknown> {
  return name === "list"
    ? host.list(request as never)
    : host.call(name as keyof ResourceProviderClient, request);
}

describe.each(hosts)("the $name answers every call of the protocol", (host) => {
  const side = host.name === "own host" ? "own" : "stock";

  test("which are these", () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(ResourceProviderService).sort());
  });

  test.each(Object.entries(calls))("%s", async (name, [request, { [side]: expected }]) => {
    const answer = send(host, name, request);
    if (expected === status.OK) await answer;
    else {
      const { code, message } = await refusal(answer);
      expect(status[code]).toBe(status[expected]);
      if (side === "own") expect(message).toMatch(/^[A-Z_]+: [\s\S]*next: /);
    }
  });

  test.each(kinds)("values of every wrong form among the inputs of %s", async (kind) => {
    for (const nonsense of [null, 7, true, "", [], {}, [[null]], { a: { b: [{}] } }]) {
      const names = Object.keys(inputsOf(kind)).filter((name) => name !== "__provider");
      const inputs = inputsOf(kind, Object.fromEntries(names.map((name) => [name, nonsense])));
      expect((await host.check(inputs)).failures).not.toEqual([]);
      expect(await host.diff("id", inputs, inputs)).toMatchObject({ replaces: [] });
    }
  });
});

describe("what the engine should never send gives our own host's coded error", () => {
  const host = hosts.find(({ name }) => name === "own host") as Host;
  const requests = {
    check: () => new provider.CheckRequest(),
    diff: () => new provider.DiffRequest(),
    create: () => new provider.CreateRequest(),
    read: () => new provider.ReadRequest(),
    update: () => new provider.UpdateRequest(),
    delete: () => new provider.DeleteRequest(),
  };
  const names = Object.keys(requests) as (keyof typeof requests)[];

  test.each(names)("%s without a URN, and for a type of somebody else", async (name) => {
    for (const strange of ["", "nonsense", "urn:pulumi:s::p::pulumi-nodejs:dynamic:Resource::mine"]) {
      const { message } = await refusal(host.call(name, requests[name]().setUrn(strange)));
      expect(message).toMatch(/^HOST_REQUEST_UNEXPECTED: [\s\S]*next: /);
    }
  });

  test.each(kinds.flatMap((kind) => names.map((name) => [name, kind] as const)))(
    "%s of %s without properties and without an id",
    async (name, kind) => {
      const answer = host.call(name, requests[name]().setUrn(urnOf(inputsOf(kind))));
      const error = await answer.catch((reason: unknown) => reason);
      if (error instanceof HostError) expect(error.message).toMatch(/^(SETTINGS_INVALID|HOST_\w+): /);
    },
  );

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE])(
    "a time limit of %d seconds is none",
    async (seconds) => {
      const request = requests.create().setUrn(urn).setProperties(bag()).setTimeout(seconds);
      expect((await refusal(host.call("create", request))).message).toMatch(/^SETTINGS_INVALID: /);
    },
  );

  test("a call before it was configured", async () => {
    const { message } = await refusal(
      (await startHost("own host", undefined, {})).check(inputsOf("credential")),
    );
    expect(message).toMatch(/^HOST_REQUEST_UNEXPECTED: .*before it was configured/);
  });
});
