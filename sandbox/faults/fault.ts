import type { FastifyRequest } from "fastify";
import type { Assumptions } from "../assumptions.ts";
import type { GenesysState } from "../genesys/org.ts";
import type { Asked } from "../managementRequests.ts";
import type { SalesforceState } from "../salesforce/state.ts";

export type Vendor = "salesforce" | "genesys";

/** A member of the set. */
export type Member = "ECA" | "credential" | "integration" | "configuration" | "deployment";

/** Why a sign-in fails: A1 to A27 at the exchange, B1 to B6 around it. */
export type Cause = `${"A" | "B"}${number}`;

/** Both vendors' states: what faults change, and what they look into. */
export interface World {
  genesys: GenesysState;
  salesforce: SalesforceState;
  assumptions: Assumptions;
}

/** How often, when and whom a fault strikes. */
export interface FaultOptions {
  /** It strikes so many times, then no more; 1 is "once". Without a limit when left out, but once with `nth`. */
  count?: number;
  /** The first matching request that it strikes: 7 spares the first six. */
  nth?: number;
  /** It strikes a matching request with this probability, 0 to 1. */
  probability?: number;
  /** Of the dice behind `probability`; the same seed gives the same strikes. 1 when left out. */
  seed?: number;
  /** Which requests count: `METHOD /path/prefix`. A SOAP call goes by POST or by its operation's name. */
  match?: string;
  /** Only requests to this vendor count. */
  vendor?: Vendor;
  /** Id or name of the object that is put wrong; all of its kind when left out. */
  member?: string;
  /** How long the fault takes, for those that take time. */
  milliseconds?: number;
}

/** An answer on its way out. */
export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | string[]>;
  body: string;
  /** How much of it leaves before the connection breaks; all when left out. */
  sent?: "nothing" | "half";
}

/** One request that a fault looks at. */
export interface Call extends Asked {
  vendor: Vendor;
  request: FastifyRequest;
  world: World;
  options: FaultOptions;
  /** Puts something wrong until the fault is switched off; see `Breaking.change`. */
  change: Breaking["change"];
  /** Answers in the vendor's place. */
  answer(answer: Answer): void;
  /** Breaks the connection. */
  reset(): void;
  /** What the vendor believes while it answers this request, instead of its state. */
  see(state: Partial<GenesysState> | Partial<SalesforceState>): void;
}

/** What a fault puts wrong when it is switched on. */
export interface Breaking extends World {
  /** Those of these objects that `FaultOptions.member` names; all when it names none. */
  chosen<Kind extends object>(objects: readonly Kind[] | Record<string, Kind>): Kind[];
  /**
   * Sets one value in a vendor's state; `undefined` takes it away. A step of the path is a key or, in an array, an
   * id or an index. Switching the fault off sets it back, unless somebody else has changed it since.
   */
  change(vendor: Vendor, path: readonly string[], value: unknown): void;
}

/** The members that one exchange went through, all of them found in order. */
export interface Chain extends Record<Exclude<Member, "ECA">, string> {
  clientId: string;
  /** `sub` of the ID token. */
  subject: string;
}

/** What a fault can do. All are called only while it is on. */
export interface Hooks {
  /** Sees every request, struck or not. */
  watch?(call: Call): void;
  /** Strikes before the vendor does anything. */
  before?(call: Call): void | Promise<void>;
  /** Strikes when the vendor has done its work: the answer that leaves instead. */
  after?(answer: Answer, call: Call): Answer | Promise<Answer>;
  /** Strikes an exchange in which nothing else is wrong: why it is refused, if it is. */
  refuse?(chain: Chain, marked: readonly string[], world: World): string | undefined;
}

/** Something that the sandbox does wrong on purpose. */
export interface Fault extends Hooks {
  name: string;
  kind: "transport" | "set" | "ghost";
  /** What a user would see, in one sentence. */
  seen: string;
  /** Whose requests it can strike, or whose state is wrong. */
  vendors: readonly Vendor[];
  /** The member at fault, when it is one of the set. */
  member?: Member;
  cause?: Cause;
  /** The requests that it can strike at all; every one when left out. */
  applies?(call: Call): boolean;
  /** Puts the set wrong when the fault is switched on. */
  breaks?(set: Breaking): void;
  /** Ids of the objects that are marked when the fault is switched on, for `refuse`. */
  marks?(set: Breaking): string[];
  /** Whether `FaultOptions.milliseconds` means something to it. */
  takesTime?: true;
  /** The hooks of a fault that remembers something as long as it is on. */
  remembering?(): Hooks;
}

export const bothVendors: readonly Vendor[] = ["salesforce", "genesys"];
