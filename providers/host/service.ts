/** Pulumi's resource provider protocol (`pulumirpc.ResourceProvider`): each call is answered by the kind it is for. */
import { createRequire } from "node:module";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import { Failure } from "../errors.ts";
import type { Bag, Difference, Provider } from "../provider.ts";
import { answering, incomplete, unexpected, unknownCall } from "./answers.ts";
import { calls, stackOf } from "./call.ts";
import type { EngineLog } from "./engineLog.ts";
import { received, type Secrecy, secretOnes, sent } from "./values.ts";

export function resourceProvider(log: EngineLog): IResourceProviderServer {
  const { run, cancel } = calls(log);
  let providers: ReadonlyMap<string, Provider> | undefined;

  function providerFor(request: { getUrn(): string }): Provider {
    const type = typeOf(request.getUrn());
    const provider = providers?.get(type);
    if (provider) return provider;
    throw unexpected(providers ? `a resource of type "${type}"` : "a resource, before it was configured");
  }

  return {
    handshake: answering(() => new messages.ProviderHandshakeResponse().setAcceptSecrets(true)),

    configure: answering(async (request) => {
      providers = await load(received(request.getArgs()).bag);
      return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),

    check: answering((request) => {
      const provider = providerFor(request);
      const news = received(request.getNews());
      const { inputs, failures } = provider.check(news.bag);
      const answer = new messages.CheckResponse();
      answer.setInputs(sent(withLiteral(provider, inputs), news.secrecy, secretOnes(provider.secrets)));
      for (const { property, reason } of failures)
        answer.addFailures(new messages.CheckFailure().setProperty(property).setReason(reason));
      return answer;
    }),

    diff: answering((request) => {
      const provider = providerFor(request);
      const olds = received(request.getOlds()).bag;
      return difference(provider, provider.compare(olds, received(request.getNews()).bag));
    }),

    create: answering(async (request) => {
      const provider = providerFor(request);
      const inputs = received(request.getProperties());
      const send = (outputs: Bag) =>
        sent(withLiteral(provider, outputs), inputs.secrecy, secretOnes(provider.secrets));
      const answer = new messages.CreateResponse();
      if (request.getPreview()) {
        const look = () => provider.foreseeAdopted(inputs.bag);
        const adopted = await run(request.getUrn(), request.getTimeout(), look);
        return answer.setProperties(send(provider.foresee(inputs.bag, adopted)));
      }
      const made = () => provider.create(inputs.bag);
      const { id, outputs } = await recording(send, () => run(request.getUrn(), request.getTimeout(), made));
      return answer.setId(id).setProperties(send(outputs));
    }),

    read: answering(async (request) => {
      const provider = providerFor(request);
      const [outputs, inputs] = [received(request.getProperties()), received(request.getInputs())];
      const known = Object.keys(outputs.bag).length > 0 ? outputs.bag : inputs.bag;
      const id = request.getId();
      const isImport = Object.keys(known).length === 0;
      const look = () =>
        isImport ? provider.import(id, ownerOf(request.getUrn())) : provider.read(id, known);
      const seen = await run(request.getUrn(), request.getTimeout(), look);
      const answer = new messages.ReadResponse();
      // Without an id the engine takes the object for gone.
      if (seen === undefined) return answer;
      const send = (bag: Bag, secrecy: Secrecy) =>
        sent(withLiteral(provider, bag), secrecy, secretOnes(provider.secrets));
      return answer
        .setId(id)
        .setProperties(send(seen.outputs, outputs.secrecy))
        .setInputs(send(seen.inputs, inputs.secrecy));
    }),

    update: answering(async (request) => {
      const provider = providerFor(request);
      const [olds, news] = [received(request.getOlds()), received(request.getNews())];
      const send = (outputs: Bag) =>
        sent(withLiteral(provider, outputs), news.secrecy, secretOnes(provider.secrets));
      const answer = new messages.UpdateResponse();
      if (request.getPreview()) return answer.setProperties(send(provider.foresee(news.bag, olds.bag)));
      const change = () => provider.update(request.getId(), olds.bag, news.bag);
      return answer.setProperties(
        send(await recording(send, () => run(request.getUrn(), request.getTimeout(), change))),
      );
    }),

    delete: answering(async (request) => {
      const provider = providerFor(request);
      const known = received(request.getProperties()).bag;
      await run(request.getUrn(), request.getTimeout(), () => provider.delete(request.getId(), known));
      return new empties.Empty();
    }),

    cancel: answering(() => {
      cancel();
      return new empties.Empty();
    }),

    getPluginInfo: answering(() => {
      const { version } = createRequire(import.meta.url)("../package.json");
      return new plugins.PluginInfo().setVersion(version);
    }),

    checkConfig: refusing("CheckConfig"),
    diffConfig: refusing("DiffConfig"),
    getSchema: refusing("GetSchema"),
    parameterize: refusing("Parameterize"),
    invoke: refusing("Invoke"),
    call: refusing("Call"),
    construct: refusing("Construct"),
    attach: refusing("Attach"),
    getMapping: refusing("GetMapping"),
    getMappings: refusing("GetMappings"),
    list: (call) => call.emit("error", unknownCall("List")),
  };
}

function refusing(name: string) {
  return answering<unknown, never>(() => {
    throw unknownCall(name);
  });
}

/** The kinds take a while to load, so they are not loaded before the engine has the port. */
async function load(config: Bag): Promise<ReadonlyMap<string, Provider>> {
  const [{ providersByType }, { connectionsFrom }] = await Promise.all([
    import("../kinds.ts"),
    import("../connections.ts"),
  ]);
  const project = process.env.PULUMI_NODEJS_PROJECT;
  return providersByType(connectionsFrom((key) => config[`${project}:${key}`] as string | undefined));
}

/** `urn:pulumi:stack::project::parentType$type::name` */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** The mark that a member outside a set gets by default; the program's own takes its place. */
function ownerOf(urn: string): string {
  return `${stackOf(urn)}/${urn.split("::")[3]}/single`;
}

/** The stock host finds the code by it, should it take the state over. */
function withLiteral({ literal }: Provider, bag: Bag): Bag {
  return { ...bag, __provider: literal };
}

/** An object that was made is recorded, though the call failed. */
async function recording<T>(
  send: (outputs: Bag) => ReturnType<typeof sent>,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Failure) || error.made === undefined) throw error;
    throw incomplete(error.made.id, send(error.made.outputs), error.message);
  }
}

function difference(provider: Provider, differences: Difference[]) {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const answer = new messages.DiffResponse();
  for (const { path, change, replaces } of differences)
    answer.getDetaileddiffMap().set(path, new messages.PropertyDiff().setKind(kindOf(change, replaces)));
  return answer
    .setChanges(differences.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setHasdetaileddiff(true)
    .setDeletebeforereplace(true)
    .setDiffsList([...new Set(differences.map(({ name }) => name))])
    .setReplacesList(differences.filter(({ replaces }) => replaces).map(({ name }) => name))
    .setStablesList(provider.stable(differences));
}

function kindOf(change: Difference["change"], replaces: boolean) {
  const { Kind } = messages.PropertyDiff;
  return {
    add: replaces ? Kind.ADD_REPLACE : Kind.ADD,
    update: replaces ? Kind.UPDATE_REPLACE : Kind.UPDATE,
    delete: replaces ? Kind.DELETE_REPLACE : Kind.DELETE,
  }[change];
}
