import { join } from "node:path";
import { firstOrg } from "./logIns.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "./sandbox.ts";

export interface OrgsOptions extends Omit<SandboxOptions, "org" | "orgs"> {
  /** Each org has its own ports: those of the second lie 3 above those of the first, and so on; 0 takes free ones. */
  ports?: SandboxOptions["ports"];
  /** Folder that keeps the states, each but that of `dev` in a folder of its own in it. */
  data?: string;
}

/** Several orgs in one process. */
export interface Orgs {
  /** By name, in the order in which they were asked for. */
  readonly sandboxes: ReadonlyMap<string, Sandbox>;
  stop(): Promise<void>;
}

const PORTS = 3;

/**
 * Starts a sandbox for each name: own ports, users, log-ins, keys, state and faults. When one cannot start, the
 * others are stopped and the error is thrown.
 */
export async function startOrgs(names: readonly string[], options: OrgsOptions = {}): Promise<Orgs> {
  const sandboxes = new Map<string, Sandbox>();
  const stop = async () => {
    await Promise.all([...sandboxes.values()].map((sandbox) => sandbox.stop()));
  };
  const orgs = () =>
    [...sandboxes].map(([org, { salesforceUrl, genesysUrl, webPageUrl }]) => ({
      org,
      salesforce: salesforceUrl,
      genesys: genesysUrl,
      webPage: webPageUrl,
    }));
  try {
    for (const [index, org] of names.entries()) {
      const { data } = options;
      sandboxes.set(
        org,
        await startSandbox({
          ...options,
          org,
          orgs,
          ports: movedBy(index * PORTS, options.ports),
          data: data === undefined || org === firstOrg ? data : join(data, org),
        }),
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { sandboxes, stop };
}

/** Free ports have no neighbours. */
function movedBy(distance: number, ports: SandboxOptions["ports"] = {}): SandboxOptions["ports"] {
  const moved = Object.entries(ports).map(([server, port]) => [server, port === 0 ? 0 : port + distance]);
  return Object.fromEntries(moved);
}
