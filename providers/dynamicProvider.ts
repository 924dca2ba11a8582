/**
 * The only file that knows Pulumi's stock dynamic provider host: what it passes, what it drops, and what makes it
 * lose or hang a call (each trap is named where it is avoided).
 */
import type { ConfigureRequest, DiffResult, ResourceProvider } from "@pulumi/pulumi/dynamic/index.js";
import { type Connections, connectionsFrom } from "./connections.ts";
import { Failure, isCoded, messageOf } from "./errors.ts";
import type { Kind, Owned } from "./lifecycle.ts";
import { callDeadlineMs, limited, operation } from "./operation.ts";
import { type Bag, provider } from "./provider.ts";
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
      return answer(news, async () => calls.check(news));
    },

    async diff(_id, olds: Bag, news: Bag): Promise<DiffResult> {
      const differences = await answer(news, async () => calls.compare(olds, news));
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

/**
 * The host sets no time limit, and hangs the call when `undefined` is thrown. It records an object although its call
 * failed when the error has its id; `__provider` it forgets then.
 */
async function answer<T>(inputs: Bag, call: () => Promise<T>): Promise<T> {
  try {
    return await limited(callDeadlineMs, operation(), call);
  } catch (thrown) {
    const error = new Error(thrown instanceof Failure ? thrown.message : messageOf(thrown));
    // The host prints the stack below the message.
    if (isCoded(thrown)) error.stack = "";
    if (!(thrown instanceof Failure) || thrown.made === undefined) throw error;
    const properties = { ...thrown.made.outputs, __provider: inputs.__provider };
    throw Object.assign(error, { id: thrown.made.id, properties, reasons: [thrown.message] });
  }
}
