import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials, type Metadata, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll } from "vitest";

/** The folder of the running program, from which the host finds the code that the state names. */
const program = join(import.meta.dirname, "..", "..", "program");
/** The engine sets no deadline of its own, so an answer that never comes would hang it. */
const answerDeadlineMs = 15_000;

// biome-ignore lint/suspicious/noExplicitAny: tests read members of many kinds of JSON
export type Bag = Record<string, any>;

/** An error that the host answered, with what it says of an object that was made all the same. */
export class HostError extends Error {
  readonly partial: { id: string; properties: Bag; reasons: string[] } | undefined;

  constructor(error: ServiceError) {
    super(error.details);
    this.partial = partialOf(error.metadata);
  }
}

/**
 * The real stock dynamic host, started as the engine does, for as long as the test file runs; the test is the engine.
 * @param config stack configuration, keys with the project's name, values as text
 * @param environment variables besides PATH
 */
export async function startHost(config: Bag, environment: Record<string, string>) {
  const script = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/dynamic-provider");
  const child = spawn(process.execPath, [script, "127.0.0.1:1"], {
    cwd: program,
    env: { PATH: process.env.PATH ?? "", PULUMI_NODEJS_PROJECT: "contract", ...environment },
    stdio: ["ignore", "pipe", "ignore"],
  });
  afterAll(async () => {
    child.kill();
    await once(child, "close");
  });
  const [port] = await once(createInterface(child.stdout), "line");
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  afterAll(() => client.close());

  /** One call; rejects with a HostError, also when no answer comes in time. */
  function call<Answer>(method: keyof ResourceProviderClient, request: object): Promise<Answer> {
    const deadline = Date.now() + answerDeadlineMs;
    const send = client[method] as (...args: unknown[]) => unknown;
    return new Promise((resolve, reject) =>
      send.call(client, request, { deadline }, (error: ServiceError | null, answer: Answer) =>
        error === null ? resolve(answer) : reject(new HostError(error)),
      ),
    );
  }

  const configure = new provider.ConfigureRequest();
  configure.setArgs(Struct.fromJavaScript(config));
  await call("configure", configure);

  return {
    async check(news: Bag, olds: Bag = {}) {
      const request = new provider.CheckRequest();
      request.setOlds(Struct.fromJavaScript(olds));
      request.setNews(Struct.fromJavaScript(news));
      const answer = await call<InstanceType<typeof provider.CheckResponse>>("check", request);
      return {
        inputs: answer.getInputs()?.toJavaScript() as Bag,
        failures: answer.getFailuresList().map((failure) => failure.toObject()),
      };
    },
    async diff(id: string, olds: Bag, news: Bag) {
      const request = new provider.DiffRequest();
      request.setId(id);
      request.setOlds(Struct.fromJavaScript(olds));
      request.setNews(Struct.fromJavaScript(news));
      const answer = await call<InstanceType<typeof provider.DiffResponse>>("diff", request);
      return {
        changes: answer.getChanges() === provider.DiffResponse.DiffChanges.DIFF_SOME,
        replaces: answer.getReplacesList(),
      };
    },
    async create(properties: Bag) {
      const request = new provider.CreateRequest();
      request.setProperties(Struct.fromJavaScript(properties));
      const answer = await call<InstanceType<typeof provider.CreateResponse>>("create", request);
      return { id: answer.getId(), properties: answer.getProperties()?.toJavaScript() as Bag };
    },
    async read(id: string, properties: Bag) {
      const request = new provider.ReadRequest();
      request.setId(id);
      request.setProperties(Struct.fromJavaScript(properties));
      const answer = await call<InstanceType<typeof provider.ReadResponse>>("read", request);
      return {
        id: answer.getId(),
        properties: answer.getProperties()?.toJavaScript() as Bag,
        inputs: answer.getInputs()?.toJavaScript() as Bag | undefined,
      };
    },
    async update(id: string, olds: Bag, news: Bag) {
      const request = new provider.UpdateRequest();
      request.setId(id);
      request.setOlds(Struct.fromJavaScript(olds));
      request.setNews(Struct.fromJavaScript(news));
      const answer = await call<InstanceType<typeof provider.UpdateResponse>>("update", request);
      return answer.getProperties()?.toJavaScript() as Bag;
    },
    async delete(id: string, properties: Bag) {
      const request = new provider.DeleteRequest();
      request.setId(id);
      request.setProperties(Struct.fromJavaScript(properties));
      await call("delete", request);
    },
  };
}

export type Host = Awaited<ReturnType<typeof startHost>>;

/** The object that the engine records although its creation or update failed. */
function partialOf(metadata: Metadata): HostError["partial"] {
  const [details] = metadata.get("grpc-status-details-bin");
  if (details === undefined) return undefined;
  const status = statusMessages.Status.deserializeBinary(details as Buffer);
  const [packed] = status.getDetailsList();
  const detail = provider.ErrorResourceInitFailed.deserializeBinary(
    packed?.getValue_asU8() ?? new Uint8Array(),
  );
  return {
    id: detail.getId(),
    properties: detail.getProperties()?.toJavaScript() as Bag,
    reasons: detail.getReasonsList(),
  };
}
