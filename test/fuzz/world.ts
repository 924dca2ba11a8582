import type { Connections } from "authenticated-messaging-providers/connections.ts";
import { signIn } from "../../operations/signIn/signIn.ts";
import { salesforceAdmin, visitor } from "../../sandbox/accounts.ts";
import type { Assumptions } from "../../sandbox/assumptions.ts";
import { type Delays, fastDelays } from "../../sandbox/delays.ts";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { type Addresses, connectionsTo } from "../connections.ts";
import type { State } from "./engine.ts";
import { pageContractOf } from "./program.ts";

/** Quick enough for thousands of histories, slow enough that every wait has to look more than once. */
const usualDelays = {
  ...fastDelays,
  integrationActivationMs: 3,
  draftActivationMs: 3,
  deploymentActivationMs: 3,
  metadataTransferMs: 3,
};

/** A log-in that an expired token makes anew. */
const logIn = {
  salesforceClientId: salesforceAdmin.clientId,
  salesforceClientSecret: salesforceAdmin.clientSecret,
};

/** Both vendors on loopback, as one process that is used for many histories. */
export interface World {
  sandbox: Sandbox;
  /** How long the vendors take; a change counts at once. */
  delays: Delays;
  /** Empties both vendors. */
  reset(): void;
  /** As a new process has them: not logged in yet, and nothing looked up. */
  connect(at?: Addresses): Connections;
  stop(): Promise<void>;
}

export async function startWorld(assumptions: Partial<Assumptions> = {}): Promise<World> {
  const limits = { requestsPerMinute: Infinity, loginsPerMinute: Infinity };
  const delays = { ...usualDelays };
  const sandbox = await startSandbox({ delays, limits, assumptions });
  const vendors = [sandbox.salesforce, sandbox.genesys];
  const initial = vendors.map(({ store }) => structuredClone(store.state));
  return {
    sandbox,
    delays,
    reset() {
      sandbox.faults.allOff();
      for (const [index, { store, log }] of vendors.entries()) {
        const state = store.state as unknown as Record<string, unknown>;
        for (const key of Object.keys(state)) delete state[key];
        Object.assign(state, structuredClone(initial[index]));
        log.clear();
      }
    },
    connect: (at = sandbox) => connectionsTo(at, logIn),
    stop: sandbox.stop,
  };
}

/** Everything that sets consist of at both vendors. */
export function everything({ sandbox }: World) {
  const { credentials, integrations, configurations, deployments } = sandbox.genesys.store.state;
  const { components, consumers } = sandbox.salesforce.store.state;
  return structuredClone({ credentials, integrations, configurations, deployments, components, consumers });
}

/** How many objects of each kind there are. */
export function counts(world: World): Record<string, number> {
  const { components, consumers, ...genesys } = everything(world);
  const kinds = Object.entries(genesys).map(([kind, objects]) => [kind, Object.keys(objects).length]);
  const types = Map.groupBy(components, ({ type }) => type);
  const ofApps = [...types].map(([type, all]) => [type, all.length]);
  return Object.fromEntries([...kinds, ...ofApps, ["consumers", Object.keys(consumers).length]]);
}

export async function checkSignIn(state: State): Promise<void> {
  await signIn(pageContractOf(state), visitor);
}
