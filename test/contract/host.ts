import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import {
  type ClientReadableStream,
  credentials,
  type Metadata,
  type ServiceError,
  type status,
} from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll } from "vitest";
import { typeOf } from "./kinds.ts";

/** The folder of the running program, from which the host finds the code that the state names. */
const program = join(import.meta.dirname, "..", "..", "program");
/** Node 24 first, as `npx pulumi` has it. */
const path = [join(import.meta.dirname, "..", "..", "node_modules", ".bin"), process.env.PATH].join(
  delimiter,
);

/** The programs of the hosts, by name; each takes the engine's address as its last argument. */
const programs = {
  "stock host": [
    process.execPath,
    createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/dynamic-provider"),
  ],
  "own host": [join(import.meta.dirname, "..", "..", "providers", "host", "pulumi-resource-pulumi-nodejs")],
};

export type HostName = keyof typeof programs;
export const hostNames = Object.keys(programs) as HostName[];

/** The name by which a secret is known in a bag. */
export const mark = "4dabf18193072939515e22adb298388d";

/** The engine sets no deadline of its own, so an answer that never comes would hang it. */
const answerDeadlineMs = 15_000;

// biome-ignore lint/suspicious/noExplicitAny: tests read members of many kinds of JSON
export type Bag = Record<string, any>;

/** An error that the host answered, with what it says of an object that was made all the same. */
export class HostError extends Error {
  readonly code: status;
  readonly partial: { id: string; properties: Bag; reasons: string[] } | undefined;

  constructor(error: ServiceError) {
    super(error.details);
    this.code = error.code;
    this.partial = partialOf(error.metadata);
  }
}

/** The error of a call that must be refused. */
export async function refusal(call: Promise<unknown>): Promise<HostError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HostError) return error;
  throw new Error("The call was not refused.", { cause: error });
}

/**
 * A real provider host, started as the engine does, for as long as the test file runs; the test is the engine.
 * @param engine its address; by default nobody is there
 * @param config stack configuration, keys with the project's name, values as text; undefined leaves it unconfigured
 * @param environment variables besides PATH
 */
export async function startHost(
  name: HostName,
  config: Bag | undefined,
  environment: Record<string, string>,
  engine = "127.0.0.1:1",
) {
  const [command = "", ...args] = programs[name];
  const child = spawn(command, [...args, engine], {
    cwd: program,
    env: { PATH: path, PULUMI_NODEJS_PROJECT: "contract", ...environment },
    // Our own host ends when its stdin does.
    stdio: ["pipe", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  afterAll(async () => {
    child.kill();
    await closed;
  });
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text) => errors.push(text));
  const lines: string[] = [];
  const stdout = createInterface(child.stdout).on("line", (line) => lines.push(line));
  const [port] = await once(stdout, "line");
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

  /** The call `List`, which alone answers with a stream. */
  function list(request: InstanceType<typeof provider.ListRequest>): Promise<Bag[]> {
    const deadline = Date.now() + answerDeadlineMs;
    const stream: ClientReadableStream<InstanceType<typeof provider.ListResponse>> = client.list(request, {
      deadline,
    });
    const answers: Bag[] = [];
    stream.on("data", (answer) => answers.push(answer.toObject()));
    return new Promise((resolve, reject) => {
      stream.on("end", () => resolve(answers));
      stream.on("error", (error: ServiceError) => reject(new HostError(error)));
    });
  }

  if (config) await call("configure", new provider.ConfigureRequest().setArgs(Struct.fromJavaScript(config)));

  return {
    name,
    process: child,
    port: Number(port),
    /** All that it has printed on stdout. */
    lines,
    /** All that it has printed on stderr. */
    errors,
    /** Settles when it has ended. */
    closed,
    call,
    list,
    async check(news: Bag, olds: Bag = {}) {
      const request = new provider.CheckRequest();
      request.setUrn(urnOf(news));
      request.setOlds(Struct.fromJavaScript(olds));
      request.setNews(Struct.fromJavaScript(news));
      const answer = await call<InstanceType<typeof provider.CheckResponse>>("check", request);
      return {
        inputs: shown(answer.getInputs()) as Bag,
        failures: answer.getFailuresList().map((failure) => failure.toObject()),
      };
    },
    async diff(id: string, olds: Bag, news: Bag) {
      const request = new provider.DiffRequest();
      request.setUrn(urnOf(news));
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
      request.setUrn(urnOf(properties));
      request.setProperties(Struct.fromJavaScript(properties));
      const answer = await call<InstanceType<typeof provider.CreateResponse>>("create", request);
      return { id: answer.getId(), properties: shown(answer.getProperties()) as Bag };
    },
    async read(id: string, properties: Bag) {
      const request = new provider.ReadRequest();
      request.setUrn(urnOf(properties));
      request.setId(id);
      request.setProperties(Struct.fromJavaScript(properties));
      const answer = await call<InstanceType<typeof provider.ReadResponse>>("read", request);
      return {
        id: answer.getId(),
        properties: shown(answer.getProperties()) as Bag,
        inputs: shown(answer.getInputs()) as Bag | undefined,
      };
    },
    async update(id: string, olds: Bag, news: Bag) {
      const request = new provider.UpdateRequest();
      request.setUrn(urnOf(news));
      request.setId(id);
      request.setOlds(Struct.fromJavaScript(olds));
      request.setNews(Struct.fromJavaScript(news));
      const answer = await call<InstanceType<typeof provider.UpdateResponse>>("update", request);
      return shown(answer.getProperties()) as Bag;
    },
    async delete(id: string, properties: Bag) {
      const request = new provider.DeleteRequest();
      request.setUrn(urnOf(properties));
      request.setId(id);
      request.setProperties(Struct.fromJavaScript(properties));
      await call("delete", request);
    },
  };
}

export type Host = Awaited<ReturnType<typeof startHost>>;

/** A bag without the marks on its secrets, which our own host sets and the stock host does not know. */
function shown(struct: Struct | undefined): Bag | undefined {
  return (
    struct &&
    JSON.parse(JSON.stringify(struct.toJavaScript()), (_name, value) => (value?.[mark] ? value.value : value))
  );
}

/** As the engine names a resource of the kind whose code the bag names. */
export function urnOf({ __provider }: Bag): string {
  return `urn:pulumi:test::contract::${typeOf(__provider)}::thing`;
}

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
    properties: shown(detail.getProperties()) as Bag,
    reasons: detail.getReasonsList(),
  };
}
