/**
 * The only file that knows Pulumi's dynamic provider host: what it passes, what it drops, and what makes it
 * lose or hang a call (each trap is named where it is avoided).
 */
import type { ConfigureRequest, DiffResult, ResourceProvider } from "@pulumi/pulumi/dynamic/index.js";
import { type Connections, connectionsFrom } from "./connections.ts";
import { CodedError } from "./errors.ts";
import {
  create,
  differences,
  IncompleteError,
  type Kind,
  type Owned,
  read,
  remove,
  update,
} from "./lifecycle.ts";
import { redactor } from "./redaction.ts";
import { isRewriteOrdered } from "./rewriteOrder.ts";

/** How the engine writes a value that is not known yet; it takes the place of a whole property. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Bag = Record<string, unknown>;

/** The provider of one kind, in the form that the stock dynamic host calls. */
export function dynamicProvider<I extends Owned, C extends object>(kind: Kind<I, C>): ResourceProvider {
  let readConfig: ConfigureRequest["config"] | undefined;
  const connections: Connections = connectionsFrom((key) => readConfig?.get(key));

  return {
    // The host does not wait for `configure` before it lets other calls through: store, nothing else.
    async configure(request) {
      readConfig = request.config;
    },

    async check(_olds: Bag, news: Bag) {
      return checkInputs(kind, news);
    },

    async diff(_id, olds: Bag, news: Bag): Promise<DiffResult> {
      const changed = changedProperties(kind, olds, news);
      return {
        // A literal that changed must reach the outputs, and only an update writes those.
        changes: changed.length > 0 || olds.__provider !== news.__provider || isRewriteOrdered(kind, news),
        replaces: changed.filter((name) => (kind.replaceOn as readonly string[]).includes(name)),
        deleteBeforeReplace: true,
      };
    },

    async create(inputs: Bag) {
      return answered(inputs, async () => {
        const { id, recorded } = await create(kind, connections, ours<I>(inputs));
        return { id: String(id), outs: outputsOf(recorded, inputs) };
      });
    },

    async update(id, olds: Bag, news: Bag) {
      return answered(news, async () => {
        const recorded = await update(kind, connections, id, olds as Partial<I & C>, ours<I>(news));
        return { outs: outputsOf(recorded, news) };
      });
    },

    async read(id, known?: Bag) {
      return answered(known ?? {}, async () => {
        const recorded = await read(kind, connections, id, (known ?? {}) as Partial<I & C>);
        if (recorded === undefined) return {};
        const props = { ...clean(recorded), __declared: declaredIn(known ?? {}, kind) };
        return { id, props, inputs: only(props, declaredIn(known ?? {}, kind)) };
      });
    },

    async delete(id, known: Bag) {
      await answered(known, () => remove(kind, connections, id, known as Partial<I & C>));
    },
  };
}

/** Validates what is known; the unknown parts are validated when they are. Defaults become inputs. */
function checkInputs<I extends Owned, C extends object>(kind: Kind<I, C>, news: Bag) {
  const inputs: Bag = {};
  const failures: { property: string; reason: string }[] = [];
  for (const [property, schema] of Object.entries(kind.inputs.shape)) {
    if (containsUnknown(news[property])) {
      inputs[property] = news[property];
      continue;
    }
    const result = (schema as typeof kind.inputs).safeParse(news[property]);
    if (result.success) inputs[property] = result.data;
    else
      failures.push(
        ...result.error.issues.map((issue) => ({
          property: [property, ...issue.path].join("."),
          reason: issue.message,
        })),
      );
  }
  const known = Object.fromEntries(Object.entries(inputs).filter(([, value]) => !containsUnknown(value)));
  if (failures.length === 0) failures.push(...(kind.rules?.(known as Partial<I>) ?? []));
  return { inputs: clean(inputs), failures };
}

function changedProperties<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  olds: Bag,
  news: Bag,
): string[] {
  const unknown = Object.keys(kind.inputs.shape).filter((name) => containsUnknown(news[name]));
  const known = Object.fromEntries(Object.entries(news).filter(([name]) => !unknown.includes(name)));
  const dropped = ((olds.__declared ?? []) as string[]).filter(
    (name) => news[name] === undefined && !(kind.replaceOn as readonly string[]).includes(name),
  );
  return [...unknown, ...dropped, ...differences(kind, olds as Partial<I & C>, known as unknown as I)];
}

function containsUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(containsUnknown);
}

/** A refresh gets no inputs: the outputs remember which there were. The engine hides names that begin with `__`. */
function outputsOf(recorded: object, inputs: Bag): Bag {
  return { ...clean(recorded), __declared: Object.keys(ours<Bag>(inputs)) };
}

function declaredIn<I extends Owned, C extends object>(known: Bag, kind: Kind<I, C>): string[] {
  return (known.__declared as string[] | undefined) ?? Object.keys(kind.inputs.shape);
}

/** The inputs without what the host adds. */
function ours<I>(inputs: Bag): I {
  const { __provider, ...rest } = inputs;
  return rest as I;
}

/** `undefined` or a class instance in a returned bag fails the call after its side effect. */
function clean(bag: object): Bag {
  return JSON.parse(JSON.stringify(bag));
}

function only(bag: Bag, names: readonly string[]): Bag {
  return Object.fromEntries(names.filter((name) => name in bag).map((name) => [name, bag[name]]));
}

/**
 * Runs a call so that the host can always answer: an error is an Error with text and no secrets, and an object
 * that exists is recorded with all that is known of it, though a later step failed.
 */
async function answered<T>(inputs: Bag, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const message = messageOf(error, inputs);
    const failure = new Error(message);
    // The host prints the stack below the message; a coded error needs none.
    if (isCoded(error)) failure.stack = "";
    if (!(error instanceof IncompleteError)) throw failure;
    const properties = { ...outputsOf(error.live, inputs), __provider: inputs.__provider };
    throw Object.assign(failure, { id: String(error.id), properties, reasons: [message] });
  }
}

function isCoded(error: unknown): boolean {
  return error instanceof CodedError || (error instanceof Error && error.cause instanceof CodedError);
}

function messageOf(error: unknown, inputs: Bag): string {
  const redact = redactor(
    [inputs.clientSecret, inputs.consumerSecret].map((secret) => (secret ? String(secret) : undefined)),
  );
  return redact(error instanceof Error ? error.message : `UNEXPECTED_ERROR: ${String(error)}`);
}
