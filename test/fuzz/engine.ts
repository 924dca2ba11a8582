import type { ResourceProvider } from "@pulumi/pulumi/dynamic/index.js";

// biome-ignore lint/suspicious/noExplicitAny: what a program declares and a provider answers is JSON of any shape
export type Bag = Record<string, any>;

/** One member in the state. */
export interface Entry {
  id: string;
  inputs: Bag;
  outputs: Bag;
  /** Its last creation or update went wrong half-way, so that the next run goes on with it. */
  incomplete: boolean;
}

/** What the engine remembers between two runs, in the order of creation. */
export type State = Map<string, Entry>;

/** A member of a program: its provider, and what it declares once those before it are there. */
export interface Declaration {
  name: string;
  provider: ResourceProvider;
  inputs: (earlier: (name: string) => Entry) => Bag;
}

export interface UpOptions {
  refresh?: boolean;
  /** This member is made anew. */
  replace?: string;
}

/** A run that was killed: what was under way is not recorded. */
export class Killed extends Error {}

/**
 * The part of the engine that matters to a life cycle: what it calls in which order, and what it records after each
 * call, failed ones included (docs of the real engine; the engine suite compares).
 */
export class Engine {
  readonly state: State;
  readonly #isKilled: () => boolean;

  constructor(state: State, isKilled: () => boolean) {
    this.state = state;
    this.#isKilled = isKilled;
  }

  /** Brings the set to the program; the names of the members it touched. */
  async up(program: readonly Declaration[], { refresh, replace }: UpOptions = {}): Promise<string[]> {
    if (refresh) await this.refresh(program);
    const touched: string[] = [];
    for (const declaration of program) {
      const step = await this.#step(declaration, declaration.name === replace);
      if (step) touched.push(`${step} ${declaration.name}`);
    }
    return touched;
  }

  async refresh(program: readonly Declaration[]): Promise<void> {
    for (const { name, provider } of program) {
      const entry = this.state.get(name);
      if (entry === undefined) continue;
      const seen = await this.#call(provider.read?.(entry.id, entry.outputs));
      if (seen?.id === undefined || seen.id === "") this.state.delete(name);
      else Object.assign(entry, { outputs: json({ ...seen.props, __provider: entry.outputs.__provider }) });
    }
  }

  /** What a preview with a refresh shows, by member; nothing is recorded. */
  async preview(program: readonly Declaration[]): Promise<string[]> {
    const shown = new Engine(structuredClone(this.state), this.#isKilled);
    await shown.refresh(program);
    const changed: string[] = [];
    for (const { name, provider, inputs } of program) {
      const entry = shown.state.get(name);
      if (entry === undefined) return [...changed, `create ${name}`];
      const news = await shown.#checked(provider, entry, inputs(shown.#earlier));
      const { changes } = (await provider.diff?.(entry.id, entry.outputs, news)) ?? {};
      if (changes || entry.incomplete) changed.push(`update ${name}`);
    }
    return changed;
  }

  async destroy(program: readonly Declaration[]): Promise<void> {
    for (const { name, provider } of program.toReversed()) await this.#delete(name, provider);
  }

  async #step({ name, provider, inputs }: Declaration, replaced: boolean): Promise<string | undefined> {
    const entry = this.state.get(name);
    const news = await this.#checked(provider, entry, inputs(this.#earlier));
    if (entry === undefined) return this.#create(name, provider, news);
    const diff = await provider.diff?.(entry.id, entry.outputs, news);
    if (replaced || (diff?.replaces?.length ?? 0) > 0) {
      await this.#delete(name, provider);
      await this.#create(name, provider, news);
      return "replace";
    }
    if (diff?.changes || entry.incomplete) return this.#update(entry, provider, news);
    entry.inputs = news;
    return undefined;
  }

  readonly #earlier = (name: string): Entry => {
    const entry = this.state.get(name);
    if (entry === undefined) throw new Error(`${name} is not there yet.`);
    return entry;
  };

  async #checked(provider: ResourceProvider, entry: Entry | undefined, declared: Bag): Promise<Bag> {
    const checked = await provider.check?.(entry?.inputs ?? {}, json(declared));
    if (checked?.failures?.length) throw new Error(`INPUT_REFUSED: ${JSON.stringify(checked.failures)}`);
    return json({ ...checked?.inputs, __provider: declared.__provider });
  }

  async #create(name: string, provider: ResourceProvider, inputs: Bag): Promise<string> {
    try {
      const { id, outs } = await this.#call(provider.create(inputs));
      this.state.set(name, {
        id,
        inputs,
        outputs: json({ ...outs, __provider: inputs.__provider }),
        incomplete: false,
      });
    } catch (error) {
      const { id, properties } = error as { id?: string; properties?: Bag };
      if (id && properties) this.state.set(name, { id, inputs, outputs: json(properties), incomplete: true });
      throw error;
    }
    return "create";
  }

  async #update(entry: Entry, provider: ResourceProvider, inputs: Bag): Promise<string> {
    try {
      const answer = await this.#call(provider.update?.(entry.id, entry.outputs, inputs));
      const outputs = json({ ...answer?.outs, __provider: inputs.__provider });
      Object.assign(entry, { inputs, outputs, incomplete: false });
    } catch (error) {
      const { id, properties } = error as { id?: string; properties?: Bag };
      // The engine keeps the earlier inputs, so that the next run sees the difference again.
      if (id && properties) Object.assign(entry, { id, outputs: json(properties), incomplete: true });
      throw error;
    }
    return "update";
  }

  async #delete(name: string, provider: ResourceProvider): Promise<void> {
    const entry = this.state.get(name);
    if (entry === undefined) return;
    await this.#call(provider.delete?.(entry.id, entry.outputs));
    this.state.delete(name);
  }

  /** The answer of a provider, unless nobody is there any more to hear it. */
  async #call<T>(calling: Promise<T>): Promise<T>;
  async #call<T>(calling: Promise<T> | undefined): Promise<T | undefined>;
  async #call<T>(calling: Promise<T> | undefined): Promise<T | undefined> {
    const outcome = await Promise.allSettled([calling]);
    if (this.#isKilled()) throw new Killed("The provider host was killed.");
    const [answer] = outcome;
    if (answer.status === "rejected") throw answer.reason;
    return answer.value;
  }
}

/** What crosses the engine is JSON. */
function json<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
