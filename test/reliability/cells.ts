import { withClock } from "authenticated-messaging-providers/clock.ts";
import type { Addresses } from "../connections.ts";
import { Engine, type State } from "../fuzz/engine.ts";
import { type MemberName, memberNames, programOf, type Settings } from "../fuzz/program.ts";
import { quickClock } from "../fuzz/quickClock.ts";
import { counts, everything, type World } from "../fuzz/world.ts";

export const operations = ["create", "read", "update", "delete"] as const;
export type OperationName = (typeof operations)[number];

/** One operation on one member. */
export interface Cell {
  member: MemberName;
  operation: OperationName;
}

export const cells: readonly Cell[] = operations.flatMap((operation) =>
  memberNames.map((member) => ({ member, operation })),
);

/** Whether every detail of a fault is tried on every cell, as `npm run test:long` does, or one of them. */
const isEveryDetail = process.env.TEST_EVERY_FAULT === "true";

/**
 * Of what a fault can be in detail: all, or one, another for each cell.
 * @param nth another for each of several strikes of a cell, too
 */
export function someFor<T>(cell: Cell, details: readonly T[], nth = 0): readonly T[] {
  const { member, operation } = cell;
  const chosen = (memberNames.indexOf(member) + operations.indexOf(operation) + nth) % details.length;
  return isEveryDetail ? details : details.filter((_detail, index) => index === chosen);
}

/** With them, the app is made of four components. */
const usual: Settings = { ipRelaxation: "Bypass" };

/** A change of the program that concerns this member alone of those that are made before it; the app's, all of its components. */
const changed: Record<MemberName, Settings> = {
  app: {
    label: "Another label",
    scopes: ["openid", "refresh_token"],
    moreCallbackUrls: ["https://second.example/signed-in"],
    ipRelaxation: "Enforce",
  },
  credential: { name: "Another name" },
  integration: { refreshLifetime: 900 },
  configuration: { sessionUpgrade: true },
  deployment: { allowedDomains: ["other.example"] },
};

/** Both vendors, and what the engine has recorded of them. */
interface Situation {
  vendors: object[];
  state: State;
  counts: Record<string, number>;
}

/** Sets of growing size, so that each operation on each member can begin where it makes sense. */
export class Situations {
  readonly #world: World;
  /** By the number of members that are there. */
  readonly #bySize: Situation[] = [];

  private constructor(world: World) {
    this.#world = world;
  }

  static async of(world: World): Promise<Situations> {
    const situations = new Situations(world);
    world.reset();
    const state: State = new Map();
    situations.#bySize.push(situations.#present(state));
    for (const size of memberNames.keys()) {
      const program = programOf(usual, world.connect()).slice(0, size + 1);
      await quickly(() => new Engine(state, () => false).up(program));
      situations.#bySize.push(situations.#present(state));
    }
    return situations;
  }

  /** Sets the vendors to where the operation begins. */
  begin(cell: Cell): Attempt {
    const size = sizeBefore(cell);
    const situation = this.#bySize[size] as Situation;
    this.#world.sandbox.faults.allOff();
    for (const [index, { store, log }] of vendorsOf(this.#world).entries()) {
      const state = store.state as unknown as Record<string, unknown>;
      for (const key of Object.keys(state)) delete state[key];
      Object.assign(state, structuredClone(situation.vendors[index]));
      log.clear();
    }
    return new Attempt(this.#world, cell, structuredClone(situation.state), this.#bySize);
  }

  #present(state: State): Situation {
    return {
      vendors: vendorsOf(this.#world).map(({ store }) => structuredClone(store.state)),
      state: structuredClone(state),
      counts: counts(this.#world),
    };
  }
}

/** One operation on one member, and the runs after it. */
export class Attempt {
  readonly state: State;
  /** How long each pause of the operation was, in milliseconds by the quick clock; those of all its runs. */
  readonly pauses: number[] = [];
  readonly #world: World;
  readonly #cell: Cell;
  readonly #bySize: readonly Situation[];
  readonly #owner: string | undefined;

  constructor(world: World, cell: Cell, state: State, bySize: readonly Situation[], owner?: string) {
    this.#world = world;
    this.#cell = cell;
    this.state = state;
    this.#bySize = bySize;
    this.#owner = owner;
  }

  /** The same operation in another stack, in the same orgs as they are now. */
  byAnother(owner: string): Attempt {
    const { state } = this.#bySize[sizeBefore(this.#cell)] as Situation;
    return new Attempt(this.#world, this.#cell, structuredClone(state), this.#bySize, owner);
  }

  get waitedMs(): number {
    return this.pauses.reduce((sum, pause) => sum + pause, 0);
  }

  /** The error that the operation ended with, if any. */
  run(at?: Addresses, quicknessOfLimits?: number): Promise<Error | undefined> {
    const paused = (milliseconds: number) => void this.pauses.push(milliseconds);
    return failureOf(() => this.#operate(at), quicknessOfLimits, paused);
  }

  /** Runs without trouble until one succeeds, at most two; the errors of those that did not. */
  async settle(): Promise<string[]> {
    const errors: string[] = [];
    while (errors.length < 2) {
      const error = await failureOf(() => this.#again());
      if (error === undefined) return [];
      errors.push(error.message);
    }
    return errors;
  }

  /** What is not as it should be after that: an orphan, a twin, something lost, a preview that is not empty. */
  async unsettled(): Promise<object> {
    const shown = await this.preview();
    const [there, wanted] = [counts(this.#world), this.#bySize[this.#sizeAfter()]?.counts];
    const wrong = Object.entries(there).filter(([kind, count]) => count !== (wanted?.[kind] ?? 0));
    return { ...Object.fromEntries(wrong), ...(shown.length > 0 && { shown }) };
  }

  /** What a preview shows, with a refresh before it. */
  preview(at?: Addresses): Promise<string[]> {
    return quickly(() => new Engine(this.state, () => false).preview(this.#program(at)));
  }

  /** Whether the member can be read, as it was recorded before the operation. */
  async isReadable(): Promise<boolean> {
    const { state } = this.#bySize[sizeBefore(this.#cell)] as Situation;
    const engine = new Engine(structuredClone(state), () => false);
    await quickly(() => engine.refresh(this.#only()));
    return engine.state.has(this.#cell.member);
  }

  /** Everything at both vendors. */
  everything(): ReturnType<typeof everything> {
    return everything(this.#world);
  }

  #operate(at: Addresses | undefined): Promise<unknown> {
    const only = this.#only(at);
    const engine = new Engine(this.state, () => false);
    if (this.#cell.operation === "read") return engine.refresh(only);
    return this.#cell.operation === "delete" ? engine.destroy(only) : engine.up(only);
  }

  /** The member alone. */
  #only(at?: Addresses) {
    const program = programOf(this.#settings(), this.#world.connect(at), this.#owner);
    return program.filter(({ name }) => name === this.#cell.member);
  }

  #again(): Promise<unknown> {
    const { operation, member } = this.#cell;
    const engine = new Engine(this.state, () => false);
    if (operation !== "delete") return engine.up(this.#program(), { refresh: true });
    return engine.destroy(programOf(usual, this.#world.connect()).filter(({ name }) => name === member));
  }

  /** The members that are there after the operation. */
  #program(at?: Addresses) {
    return programOf(this.#settings(), this.#world.connect(at)).slice(0, this.#sizeAfter());
  }

  #settings(): Settings {
    return this.#cell.operation === "update" ? { ...usual, ...changed[this.#cell.member] } : usual;
  }

  #sizeAfter(): number {
    const index = memberNames.indexOf(this.#cell.member);
    return this.#cell.operation === "delete" ? index : index + 1;
  }
}

/** A created member is the last, and so is one that is looked at: what refers to it would only be in the way. */
function sizeBefore({ operation, member }: Cell): number {
  const index = memberNames.indexOf(member);
  return operation === "create" ? index : index + 1;
}

const vendorsOf = ({ sandbox }: World) => [sandbox.salesforce, sandbox.genesys];

export function quickly<T>(work: () => Promise<T>, ...clock: Parameters<typeof quickClock>): Promise<T> {
  return withClock(quickClock(...clock), work);
}

async function failureOf(
  work: () => Promise<unknown>,
  ...clock: Parameters<typeof quickClock>
): Promise<Error | undefined> {
  try {
    await quickly(work, ...clock);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
