import { isDeepStrictEqual } from "node:util";
import { withClock } from "authenticated-messaging-providers/clock.ts";
import { splitMark } from "authenticated-messaging-providers/ownerMark.ts";
import { types } from "authenticated-messaging-providers/salesforce/metadata.ts";
import type { FaultOptions } from "../../sandbox/faults/fault.ts";
import { misleading } from "./arbitraries.ts";
import { type ChangeName, changes, makeForeignObjects } from "./byHand.ts";
import { Engine, Killed, type State } from "./engine.ts";
import { type MemberName, programOf, type Settings, usualOwner } from "./program.ts";
import { quickClock } from "./quickClock.ts";
import { checkSignIn, counts, everything, type World } from "./world.ts";

export interface FaultSwitch {
  name: string;
  options: FaultOptions;
}

/** The provider host ends before or after its n-th request: the vendor never sees it, or nobody hears the answer. */
export interface Crash {
  when: "before" | "after";
  request: number;
}

/** What happens around a run. */
interface Troubles {
  faults: FaultSwitch[];
  crash?: Crash;
}

/** One thing that happens to a set; plain JSON. */
export type Step =
  | ({ do: "up"; refresh: boolean; set: Settings; replace?: MemberName } & Troubles)
  | ({ do: "refresh" } & Troubles)
  | ({ do: "destroy" } & Troubles)
  | { do: "by hand"; change: ChangeName };

/** The life of one set; plain JSON, so that a failing one is a file. */
export interface History {
  /** Others have objects of the same names in the same org. */
  foreignObjects: boolean;
  steps: Step[];
}

/** A promise of the life cycle that a history broke. */
export class BrokenPromise extends Error {}

/** No run of a history takes longer, by the machine's own time. */
const hangsAfterMs = 30_000;

/** So many runs at most bring the set in order once all faults are over. */
const runsToConverge = 2;

/** What one history made its runs go through. */
export interface Tally {
  runs: number;
  crashes: number;
  strikes: number;
  requests: number;
}

/** Lives the history through; throws `BrokenPromise` when the life cycle does not keep what it promises. */
export function live(world: World, history: History): Promise<Tally> {
  return withClock(quickClock(), () => new Life(world).live(history));
}

class Life {
  readonly #world: World;
  readonly #state: State = new Map();
  readonly #tally: Tally = { runs: 0, crashes: 0, strikes: 0, requests: 0 };
  #settings: Settings = {};
  /** Only a refresh sees what people did, and what a deletion did whose end nobody recorded. */
  #needsRefresh = false;

  constructor(world: World) {
    this.#world = world;
  }

  async live({ foreignObjects, steps }: History): Promise<Tally> {
    this.#world.reset();
    if (foreignObjects) await makeForeignObjects(this.#world.connect(), "Shop sign-in");
    const others = everything(this.#world);
    const countOfOthers = counts(this.#world);
    for (const step of steps) await this.#take(step);
    await this.#converge("up", (engine, program) => engine.up(program, { refresh: this.#needsRefresh }));
    await this.#checkSettled(countOfOthers);
    await this.#converge("destroy", (engine, program) => engine.destroy(program));
    promise(everything(this.#world), others, "destroy leaves nothing but what is not ours");
    return this.#tally;
  }

  async #take(step: Step): Promise<void> {
    if (step.do === "by hand") {
      const person = { world: this.#world, connections: this.#world.connect(), state: this.#state };
      await changes[step.change](person);
      this.#needsRefresh = true;
      return;
    }
    if (step.do === "up") this.#settings = { ...this.#settings, ...this.#possible(step.set) };
    const before = everything(this.#world);
    const error = await this.#run(step, async (engine, program) => {
      if (step.do === "up") await engine.up(program, { refresh: step.refresh, replace: step.replace });
      else if (step.do === "destroy") await engine.destroy(program);
      else await engine.refresh(program);
    });
    if (step.do === "refresh") promise(everything(this.#world), before, "a refresh writes nothing");
    if (step.do === "destroy" || (step.do === "up" && error)) this.#needsRefresh = true;
  }

  /** What a crash kept from being recorded must first be taken over: under another name or type it is refused. */
  #possible(set: Settings): Settings {
    const { salesforce, genesys } = this.#world.sandbox;
    const isUnrecorded = (member: MemberName, id: string) => this.#state.get(member)?.id !== id;
    const app = salesforce.store.state.components.some(
      ({ type, fullName }) => type === types.app && isUnrecorded("app", fullName),
    );
    const credential = Object.values(genesys.store.state.credentials).some(
      ({ id, name }) => splitMark(name).owner === usualOwner && isUnrecorded("credential", id),
    );
    const { developerName, credentialType } = this.#settings;
    return { ...set, ...(app && { developerName }), ...(credential && { credentialType }) };
  }

  /** Runs without faults until one succeeds, at most twice. */
  async #converge(what: string, work: Work): Promise<void> {
    const errors: string[] = [];
    while (errors.length < runsToConverge) {
      const error = await this.#run({ faults: [] }, work);
      if (error === undefined) return;
      errors.push(error.message);
    }
    throw new BrokenPromise(`${what} does not converge in ${runsToConverge} runs:\n${errors.join("\n")}`);
  }

  async #checkSettled(countOfOthers: Record<string, number>): Promise<void> {
    const program = programOf(this.#settings, this.#world.connect());
    const before = everything(this.#world);
    const changed = await new Engine(this.#state, () => false).preview(program);
    promise(changed, [], "a preview straight after up is empty");
    promise(everything(this.#world), before, "a preview writes nothing");
    promise(counts(this.#world), plusOneSet(countOfOthers), "there is one set, no orphan and no twin");
    await checkSignIn(this.#state).catch((error: Error) => {
      throw new BrokenPromise(`A visitor cannot sign in: ${error.message}`);
    });
  }

  /** One run of the engine amid troubles; the error that it ended with. */
  async #run({ faults, crash }: Troubles, work: Work): Promise<Error | undefined> {
    const { sandbox } = this.#world;
    for (const { name, options } of faults) sandbox.faults.on(name, options);
    const isKilled = this.#crash(crash);
    const requestsBefore = sandbox.salesforce.log.count() + sandbox.genesys.log.count();
    const program = programOf(this.#settings, this.#world.connect());
    const engine = new Engine(this.#state, isKilled);
    const versionsBefore = everything(this.#world).configurations;
    const error = await inTime(work(engine, program)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!faults.some(({ name }) => misleading.includes(name))) this.#checkVersions(versionsBefore);
    this.#tally.runs += 1;
    this.#tally.crashes += isKilled() ? 1 : 0;
    this.#tally.requests += sandbox.salesforce.log.count() + sandbox.genesys.log.count() - requestsBefore;
    for (const { on } of sandbox.faults.list()) this.#tally.strikes += on?.struck ?? 0;
    sandbox.faults.allOff();
    return checked(error);
  }

  /** A published version never goes away: one that differs in nothing from that before it was published twice. */
  #checkVersions(before: ReturnType<typeof everything>["configurations"]): void {
    for (const { id, published } of Object.values(everything(this.#world).configurations)) {
      const documents = published.map(({ document }) => document);
      for (let index = Math.max(1, before[id]?.published.length ?? 0); index < documents.length; index++) {
        if (!isDeepStrictEqual(documents[index], documents[index - 1])) continue;
        throw new BrokenPromise(`Version ${index + 1} of a configuration is the same as that before it.`);
      }
    }
  }

  /** @returns whether the crash has happened */
  #crash(crash: Crash | undefined): () => boolean {
    const { faults } = this.#world.sandbox;
    if (crash === undefined) return () => false;
    const { when, request } = crash;
    if (when === "after") faults.on("lost-response", { nth: request });
    const silentFrom = when === "after" ? request + 1 : request;
    faults.on("connection-reset", { nth: silentFrom, count: Number.MAX_SAFE_INTEGER });
    const decisive = when === "after" ? "lost-response" : "connection-reset";
    return () => (faults.list().find(({ name }) => name === decisive)?.on?.struck ?? 0) > 0;
  }
}

type Work = (engine: Engine, program: ReturnType<typeof programOf>) => Promise<unknown>;

/** Every error that a person can meet has a code. */
function checked(error: unknown): Error | undefined {
  if (error === undefined) return undefined;
  if (error instanceof BrokenPromise) throw error;
  if (error instanceof Killed || (error instanceof Error && /^[A-Z][A-Z_]+: /.test(error.message)))
    return error;
  throw new BrokenPromise(
    `An error without a code: ${error instanceof Error ? error.stack || error.message : error}`,
  );
}

async function inTime<T>(running: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hanging = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new BrokenPromise(`A run hangs for ${hangsAfterMs / 1000} s.`)),
      hangsAfterMs,
    );
  });
  try {
    return await Promise.race([running, hanging]);
  } finally {
    clearTimeout(timer);
  }
}

function plusOneSet(others: Record<string, number>): Record<string, number> {
  const ours = [
    "credentials",
    "integrations",
    "configurations",
    "deployments",
    "consumers",
    "ExternalClientApplication",
    "ExtlClntAppOauthSettings",
    "ExtlClntAppGlobalOauthSettings",
    "ExtlClntAppOauthConfigurablePolicies",
    "ExtlClntAppConfigurablePolicies",
  ];
  return { ...others, ...Object.fromEntries(ours.map((kind) => [kind, (others[kind] ?? 0) + 1])) };
}

function promise(seen: unknown, wanted: unknown, what: string): void {
  const [is, should] = [seen, wanted].map((value) => JSON.stringify(sorted(value), null, 1));
  if (is !== should) throw new BrokenPromise(`Not kept: ${what}.\nis: ${is}\nshould be: ${should}`);
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
