import type { Assumptions } from "../assumptions.ts";
import type { GenesysState } from "../genesys/org.ts";
import type { SalesforceState } from "../salesforce/state.ts";
import type { Store } from "../store.ts";
import { type Change, change, undo } from "./changes.ts";
import type { Answer, Breaking, Call, Chain, Fault, FaultOptions, Hooks, Vendor, World } from "./fault.ts";
import { FaultError } from "./faultError.ts";
import { faults as allFaults } from "./index.ts";
import { checkedOptions } from "./options.ts";
import { matches, newTally, strikes, type Tally } from "./strikes.ts";

/** One fault that is on; plain JSON. */
interface Activation extends Tally {
  name: string;
  options: FaultOptions;
  changes: Change[];
  /** Ids of the objects that a ghost is in. */
  marked: string[];
}

/** What the sandbox remembers of its faults, beside the states of the vendors. */
export interface FaultsState {
  /** In the order in which they were switched on. */
  on: Activation[];
}

export const noFaults = (): FaultsState => ({ on: [] });

/** A fault as the control paths and the command show it. */
export interface FaultStatus {
  name: string;
  kind: Fault["kind"];
  seen: string;
  vendors: readonly Vendor[];
  member?: string;
  cause?: string;
  /** Absent while it is off. */
  on?: { options: FaultOptions; matched: number; struck: number };
}

/** Where the states of the vendors are kept. */
interface VendorStores {
  genesys: Store<GenesysState>;
  salesforce: Store<SalesforceState>;
}

/** A request as it passes, whatever is on. */
export type Passing = Omit<Call, "world" | "options" | "change">;

/** What is done around every request: before the vendor does anything, and to the answer before it leaves. */
export interface Companion {
  before?(request: Passing): void | Promise<void>;
  after?(answer: Answer, request: Passing): Answer | Promise<Answer>;
}

/** A fault that is on, with what it can do. */
interface Active {
  fault: Fault;
  activation: Activation;
  hooks: Hooks;
}

/** The faults of one sandbox: which there are, which are on, and what those do. */
export class Faults {
  readonly #vendors: VendorStores;
  readonly #world: World;
  readonly #store: Store<FaultsState>;
  #active: Active[];
  readonly #companions = new Set<Companion>();

  /** Faults that were on when the sandbox stopped are on again. */
  constructor(vendors: VendorStores, assumptions: Assumptions, store: Store<FaultsState>) {
    const { genesys, salesforce } = vendors;
    this.#vendors = vendors;
    this.#world = { genesys: genesys.state, salesforce: salesforce.state, assumptions };
    this.#store = store;
    this.#active = store.state.on.map((activation) => activate(known(activation.name), activation));
  }

  /** Nothing is on: what every request asks first. */
  get idle(): boolean {
    return this.#active.length === 0 && this.#companions.size === 0;
  }

  /**
   * Has code of this process stand by at every request, such as a test that ends the client there.
   * @returns what ends that
   */
  accompany(companion: Companion): () => void {
    this.#companions.add(companion);
    return () => this.#companions.delete(companion);
  }

  /** Names of the faults that are on. */
  get names(): string[] {
    return this.#active.map(({ fault }) => fault.name);
  }

  list(): FaultStatus[] {
    return allFaults.map((fault) => this.#status(fault));
  }

  /** Switches a fault on; one that is on begins anew. Throws `FaultError`. */
  on(name: string, options: unknown = {}): FaultStatus {
    const fault = known(name);
    const checked = checkedOptions(fault, options);
    this.off(name);
    const activation = { name, options: checked, changes: [], marked: [], ...newTally(checked) };
    const active = activate(fault, activation);
    this.#break(active);
    this.#active.push(active);
    this.#save();
    return this.#status(fault);
  }

  /** Switches a fault off and sets back what it changed; nothing happens when it is off. Throws `FaultError`. */
  off(name: string): void {
    known(name);
    const active = this.#active.find(({ fault }) => fault.name === name);
    if (active === undefined) return;
    for (const made of active.activation.changes.toReversed()) {
      undo(this.#world[made.vendor], made);
      this.#vendors[made.vendor].save();
    }
    this.#active = this.#active.filter((other) => other !== active);
    this.#save();
  }

  allOff(): void {
    for (const name of this.names.toReversed()) this.off(name);
  }

  /** Does to a request what comes before the vendor's work, and returns what is to become of the answer. */
  async strike(request: Passing, isOver: () => boolean): Promise<AfterWork> {
    const alterations: AfterWork = [];
    for (const { before, after } of this.#companions) {
      await before?.(request);
      if (after) alterations.push((answer) => after(answer, request));
    }
    for (const active of this.#active) {
      const call: Call = {
        ...request,
        world: this.#world,
        options: active.activation.options,
        change: (...made) => this.#change(active.activation, ...made),
      };
      active.hooks.watch?.(call);
      if (isOver() || !this.#strikes(active, call)) continue;
      const { before, after } = active.hooks;
      await before?.(call);
      if (after) alterations.push((answer) => after(answer, call));
    }
    return alterations;
  }

  /** Why a fault refuses an exchange in which nothing else is wrong. */
  refusal(chain: Chain): string | undefined {
    for (const { fault, activation, hooks } of this.#active) {
      const text = hooks.refuse?.(chain, activation.marked, this.#world);
      if (text === undefined) continue;
      const struck = strikes(activation, activation.options);
      this.#store.save();
      if (struck) return `${fault.name}: ${text}`;
    }
    return undefined;
  }

  #strikes({ fault, activation, hooks }: Active, call: Call): boolean {
    const { options } = activation;
    if (!hooks.before && !hooks.after) return false;
    if (!fault.vendors.includes(call.vendor) || fault.applies?.(call) === false || !matches(call, options)) {
      return false;
    }
    const struck = strikes(activation, options);
    this.#store.save();
    return struck;
  }

  #break({ fault, activation }: Active): void {
    if (!fault.breaks && !fault.marks) return;
    const { member } = activation.options;
    const breaking: Breaking = {
      ...this.#world,
      chosen: (objects) =>
        Object.values(objects).filter((object) => member === undefined || namesOf(object).includes(member)),
      change: (...made) => this.#change(activation, ...made),
    };
    fault.breaks?.(breaking);
    activation.marked = fault.marks?.(breaking) ?? [];
    if (activation.changes.length > 0 || activation.marked.length > 0) return;
    throw new FaultError(409, {
      code: "FAULT_NOTHING_TO_BREAK",
      what: `The fault ${fault.name} found nothing that it could put wrong.`,
      evidence:
        member === undefined
          ? `There is no ${fault.member} yet.`
          : `There is no ${fault.member} "${member}".`,
      next: "Build a set first, for example by `npm start`, or name an object that is there.",
    });
  }

  #change(activation: Activation, vendor: Vendor, path: readonly string[], value: unknown): void {
    activation.changes.push(change(this.#world[vendor], vendor, path, value));
    this.#vendors[vendor].save();
  }

  #status(fault: Fault): FaultStatus {
    const { name, kind, seen, vendors, member, cause } = fault;
    const active = this.#active.find((other) => other.fault === fault);
    const { options, matched, struck } = active?.activation ?? {};
    return {
      name,
      kind,
      seen,
      vendors,
      ...(member && { member }),
      ...(cause && { cause }),
      ...(active && { on: { options, matched, struck } as FaultStatus["on"] }),
    };
  }

  #save(): void {
    this.#store.state.on = this.#active.map(({ activation }) => activation);
    this.#store.save();
  }
}

/** What the faults that struck make of the answer, one after the other. */
export type AfterWork = ((answer: Answer) => Answer | Promise<Answer>)[];

function activate(fault: Fault, activation: Activation): Active {
  return { fault, activation, hooks: fault.remembering?.() ?? fault };
}

function known(name: string): Fault {
  const fault = allFaults.find((candidate) => candidate.name === name);
  if (fault) return fault;
  throw new FaultError(404, {
    code: "FAULT_UNKNOWN",
    what: `There is no fault "${name}".`,
    evidence: `${allFaults.length} faults are known.`,
    next: "List them: `npx amsg sandbox faults list`.",
  });
}

/** What a person may call an object by: its id, its name, and the app that it belongs to. */
function namesOf(object: object): unknown[] {
  const { id, name, fullName, app, config, draft, fields } = object as Record<
    string,
    { [key: string]: unknown }
  >;
  return [id, name, fullName, app, config?.name, draft?.name, fields?.externalClientApplication];
}
