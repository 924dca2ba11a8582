/**
 * The only file that knows Pulumi's stock dynamic provider host: what it passes, what it drops, and what makes it
 * lose or hang a call (each trap is named where it is avoided).
 */
import type { ConfigureRequest, DiffResult, ResourceProvider } from "@pulumi/pulumi/dynamic/index.js";
import { type Connections, connectionsFrom } from "./connections.ts";
import { Failure } from "./errors.ts";
import type { Kind, Owned } from "./lifecycle.ts";
import { type Bag, isCoded, provider } from "./provider.ts";
import type { ReadConfig } from "./settings.ts";

/**
 * The provider of one kind, in the form that the stock dynamic host calls.
 * @param connect opens the way to both vendors from the stack configuration
 */
export function dynamicProvider<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  connect: (readConfig: ReadConfig) => Connections = connectionsFrom,
): ResourceProvider {
  let readConfig: ConfigureRequest["config"] | undefined;
  const calls = provider(
    kind,
    connect((key) => readConfig?.get(key)),
  );

  return {
    // The host does not wait for `configure` before it lets other calls through: store, nothing else.
    async configure(request) {
      readConfig = request.config;
    },

    async check(_olds: Bag, news: Bag) {
      return calls.check(news);
    },

    async diff(_id, olds: Bag, news: Bag): Promise<DiffResult> {
      const differences = calls.compare(olds, news);
      return {
        changes: differences.length > 0,
        replaces: differences.filter(({ replaces }) => replaces).map(({ name }) => name),
        deleteBeforeReplace: true,
      };
    },

    async create(inputs: Bag) {
      const { id, outputs } = await answer(inputs, () => calls.create(inputs));
      return { id, outs: outputs };
    },

    async update(id, olds: Bag, news: Bag) {
      return { outs: await answer(news, () => calls.update(id, olds, news)) };
    },

    async read(id, known: Bag = {}) {
      const seen = await answer(known, () => calls.read(id, known));
      // Without an id the engine takes the object for gone.
      return seen === undefined ? {} : { id, props: seen.outputs, inputs: seen.inputs };
    },

    async delete(id, known: Bag) {
      await answer(known, () => calls.delete(id, known));
    },
  };
}

/** The host records an object although its call failed when the error has its id; `__provider` it forgets then. */
async function answer<T>(inputs: Bag, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    const error = new Error(failure.message);
    // The host prints the stack below the message.
    if (isCoded(failure)) error.stack = "";
    if (failure.made === undefined) throw error;
    const properties = { ...failure.made.outputs, __provider: inputs.__provider };
    throw Object.assign(error, { id: failure.made.id, properties, reasons: [failure.message] });
  }
}
