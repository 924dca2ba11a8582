import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fastDelays } from "../../sandbox/delays.ts";
import { logIns, startVendors } from "../engine/vendors.ts";
import { type Bag, mark, refusal, startHost, urnOf } from "./host.ts";
import { inputsOf, unknown } from "./kinds.ts";

/** What the stock host cannot: marks on secrets, previews, limits, messages. */
const vendors = await startVendors({ delays: { ...fastDelays, integrationActivationMs: 3_600_000 } });
const addresses = {
  "contract:salesforceInstanceUrl": vendors.salesforceUrl,
  "contract:genesysRegion": "us-east-1",
  "contract:genesysGatewayUrl": vendors.genesysUrl,
};
const engine = await startEngine();
const start = () => startHost("own host", addresses, logIns, engine.address);
const host = await start();
const secret = (value: unknown) => ({ [mark]: "1b47061264138c4ac30d75fd1eb44270", value });

/** The engine's side on which hosts log. */
async function startEngine() {
  const logged: { urn: string; message: string; ephemeral: boolean }[] = [];
  const server = new Server();
  server.addService(EngineService, {
    log: ({ request }: { request: LogRequest }, answer: (error: null, empty: object) => void) => {
      logged.push({
        urn: request.getUrn(),
        message: request.getMessage(),
        ephemeral: request.getEphemeral(),
      });
      answer(null, new empties.Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  afterAll(() => server.forceShutdown());
  return { address: `127.0.0.1:${port}`, logged };
}

function creation(inputs: Bag, { preview = false, timeoutSeconds = 0 } = {}) {
  const request = new provider.CreateRequest();
  request.setUrn(urnOf(inputs)).setPreview(preview).setTimeout(timeoutSeconds);
  return request.setProperties(Struct.fromJavaScript(inputs));
}

type Answer = InstanceType<typeof provider.CreateResponse>;

async function foreseen(inputs: Bag): Promise<Bag> {
  const answer = await host.call<Answer>("create", creation(inputs, { preview: true }));
  expect(answer.getId()).toBe("");
  return answer.getProperties()?.toJavaScript() as Bag;
}

describe("secrets", () => {
  test("are marked where the kind says so, and where the program does", async () => {
    const inputs = inputsOf("credential", { name: secret("Contract") });
    const made = await host.call<Answer>("create", creation(inputs));
    const outputs = made.getProperties()?.toJavaScript() as Bag;
    expect(outputs).toMatchObject({
      name: secret("Contract"),
      clientSecret: secret("contract-secret"),
      clientId: "id",
    });
    const read = new provider.ReadRequest().setUrn(urnOf(inputs)).setId(made.getId());
    read.setProperties(Struct.fromJavaScript(outputs)).setInputs(Struct.fromJavaScript(inputs));
    const seen = await host.call<InstanceType<typeof provider.ReadResponse>>("read", read);
    expect(seen.getProperties()?.toJavaScript()).toEqual(outputs);
    expect(seen.getInputs()?.toJavaScript()).toMatchObject({
      name: secret("Contract"),
      clientSecret: secret("contract-secret"),
    });
    await host.delete(made.getId(), { ...outputs, name: "Contract", clientSecret: "contract-secret" });
  });

  test("in a part of a block mark that part, in a list the whole list", async () => {
    const messenger = { enabled: true, styles: { primaryColor: secret("#000000") } };
    const languages = ["en-us", secret("de")];
    expect(await foreseen(inputsOf("messengerConfiguration", { messenger, languages }))).toMatchObject({
      messenger: { enabled: true, styles: { primaryColor: secret("#000000") } },
      languages: secret(["en-us", "de"]),
      customI18nLabels: unknown,
    });
  });
});

describe("a preview of a creation", () => {
  test("asks nobody, knows what follows from the inputs, and says of the rest that it is unknown", async () => {
    const requests = vendors.salesforce.log.count() + vendors.genesys.log.count();
    expect(await foreseen(inputsOf("externalClientApp", { scopes: unknown }))).toMatchObject({
      label: "Contract",
      scopes: unknown,
      discoveryUrl: `${vendors.salesforceUrl}/.well-known/openid-configuration`,
      consumerKey: unknown,
      consumerSecret: secret(unknown),
    });
    expect(await foreseen(inputsOf("integration", { enabled: false }))).toMatchObject({
      reportedState: "INACTIVE",
      configVersion: unknown,
    });
    expect(await foreseen(inputsOf("messengerDeployment"))).toMatchObject({
      apiUrl: vendors.genesysUrl,
      snippet: unknown,
    });
    expect(vendors.salesforce.log.count() + vendors.genesys.log.count()).toBe(requests);
  });

  test("an address that depends on what is not known yet is unknown", async () => {
    const outputs = await foreseen(inputsOf("externalClientApp", { loginHost: unknown }));
    expect(outputs.discoveryUrl).toBe(unknown);
  });
});

describe("a wait that does not end by itself", () => {
  let credential: { id: string; properties: Bag };
  let integration: Bag;

  beforeAll(async () => {
    credential = await host.create(inputsOf("credential"));
    const discoveryUrl = `${vendors.salesforceUrl}/.well-known/openid-configuration`;
    integration = (await host.check(inputsOf("integration", { discoveryUrl, credentialId: credential.id })))
      .inputs;
  });
  afterAll(() => host.delete(credential.id, credential.properties));

  test("ends at the time limit of customTimeouts, is told meanwhile, and what was made is recorded", async () => {
    const { message, partial } = await refusal(
      host.call("create", creation(integration, { timeoutSeconds: 3 })),
    );
    expect(message).toMatch(/^OPERATION_TIMED_OUT: .* 3 s/);
    expect(partial).toMatchObject({
      id: expect.stringMatching(/^[\w-]{36}$/),
      reasons: [expect.stringContaining("OPERATION_TIMED_OUT")],
      properties: { reportedState: expect.any(String), __provider: integration.__provider },
    });
    expect(engine.logged).toContainEqual({
      urn: urnOf(integration),
      message: expect.stringMatching(/^Waiting for integration .* to become ACTIVE: ACTIVATING \(\d+ s\)$/),
      ephemeral: true,
    });
    // Taken back at the end: the line of what is done shows no wait.
    expect(engine.logged.at(-1)).toEqual({ urn: urnOf(integration), message: "", ephemeral: true });
    await host.delete(partial?.id ?? "", partial?.properties ?? {});
  });

  test("ends at once when the engine cancels, and so does every later call", async () => {
    const cancelled = await start();
    const before = engine.logged.length;
    const creating = refusal(cancelled.call("create", creation(integration)));
    await expect.poll(() => engine.logged.length, { timeout: 10_000 }).toBeGreaterThan(before);
    await cancelled.call("cancel", new empties.Empty());
    const { message, partial } = await creating;
    expect(message).toMatch(/^OPERATION_CANCELLED: /);
    expect(partial?.id).toMatch(/^[\w-]{36}$/);
    const late = await refusal(cancelled.read(partial?.id ?? "", partial?.properties ?? {}));
    expect(late.message).toMatch(/^OPERATION_CANCELLED: /);
    await host.delete(partial?.id ?? "", partial?.properties ?? {});
  });
});

describe("the process", () => {
  test("prints its port and nothing else", async () => {
    expect(host.lines).toEqual([String(host.port)]);
  });

  test.runIf(process.platform === "linux")("listens on loopback alone", () => {
    const port = host.port.toString(16).toUpperCase().padStart(4, "0");
    const tables = ["tcp", "tcp6"].map((table) =>
      readFileSync(`/proc/${host.process.pid}/net/${table}`, "utf8"),
    );
    const listening = tables.join("").match(new RegExp(`\\S+:${port} \\S+ 0A`, "g"));
    expect(listening).toEqual([expect.stringMatching(/^0100007F:/)]);
  });

  test("ends when the engine is gone, and when it is told to", async () => {
    const orphan = await start();
    orphan.process.stdin.end();
    expect(await once(orphan.process, "exit")).toEqual([0, null]);
    const told = await start();
    told.process.kill("SIGINT");
    expect(await once(told.process, "exit")).toEqual([130, null]);
  });

  test("says so when Node cannot run TypeScript", async () => {
    const script = join(import.meta.dirname, "..", "..", "providers", "host", "start.cjs");
    const child = spawn(process.execPath, ["--no-experimental-strip-types", script, "127.0.0.1:1"]);
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    expect(await once(child, "close")).toEqual([1, null]);
    expect(stderr).toMatch(/^NODE_TOO_OLD: [\s\S]*npx pulumi/);
  });
});
