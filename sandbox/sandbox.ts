import { join } from "node:path";
import { type Assumptions, assumptions as allAssumptions } from "./assumptions.ts";
import { type Delays, fastDelays } from "./delays.ts";
import { Faults, noFaults } from "./faults/faults.ts";
import { viewable } from "./faults/views.ts";
import { oauthClientsOf } from "./genesys/clients.ts";
import type { Limits } from "./genesys/limits.ts";
import { emptyOrg, type GenesysState } from "./genesys/org.ts";
import { startGenesys } from "./genesys/server.ts";
import { Ledger } from "./ledger.ts";
import { firstOrg } from "./logIns.ts";
import { addOverview } from "./overview/server.ts";
import { RequestLog } from "./requestLog.ts";
import { startSalesforce } from "./salesforce/server.ts";
import { initialSalesforceState, type SalesforceState } from "./salesforce/state.ts";
import type { OrgAddress, RunningServer } from "./server.ts";
import { openStore, type Store } from "./store.ts";
import { startWebPage } from "./webPage/server.ts";

export interface SandboxOptions {
  /** Name of the org, in its log-ins and on its page; `dev`, unless given. */
  org?: string;
  /** All orgs in this process; this one alone, unless given. */
  orgs?: () => readonly OrgAddress[];
  /** 0 or left out takes a free one. */
  ports?: { salesforce?: number; genesys?: number; webPage?: number };
  /** Folder that keeps the state; in memory when left out. */
  data?: string;
  /** Fast, unless given. */
  delays?: Delays;
  assumptions?: Partial<Assumptions>;
  /** Rate limits of Genesys; the vendor's, unless given. */
  limits?: Limits;
}

/** Both vendors and the company's web page, listening on loopback. */
export interface Sandbox {
  salesforceUrl: string;
  genesysUrl: string;
  webPageUrl: string;
  salesforce: { store: Store<SalesforceState>; log: RequestLog };
  genesys: { store: Store<GenesysState>; log: RequestLog };
  /** What the sandbox can do wrong on purpose, and does now. */
  faults: Faults;
  /** Why exchanges failed: for tests only. */
  ledger: Ledger;
  /** Ends open connections and frees the ports. */
  stop(): Promise<void>;
}

/** Starts the whole sandbox. When one server cannot start, those that did are stopped and the error is thrown. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { org = firstOrg, ports = {}, data, delays = fastDelays, limits } = options;
  const address = { org, salesforce: "", genesys: "", webPage: "" };
  const { orgs = () => [address] } = options;
  const assumptions = { ...allAssumptions, ...options.assumptions };
  const file = (name: string) => (data === undefined ? undefined : join(data, name));
  const [salesforceStore, genesysStore] = [
    openStore(file("salesforce.json"), () => initialSalesforceState(org)),
    openStore(file("genesys.json"), emptyOrg),
  ];
  const faults = new Faults(
    { salesforce: salesforceStore, genesys: genesysStore },
    assumptions,
    openStore(file("faults.json"), noFaults),
  );
  const showsOther = () => !faults.idle || delays.staleReadsMs > 0;
  const salesforce = { store: viewable(salesforceStore, showsOther), log: new RequestLog() };
  const genesys = { store: viewable(genesysStore, showsOther), log: new RequestLog() };
  const ledger = new Ledger();
  const shown = {
    org,
    orgs,
    salesforce: { ...salesforce, url: "" },
    genesys: {
      ...genesys,
      clients: oauthClientsOf(org),
      delays,
      assumptions: assumptions.genesys,
      ledger,
      url: "",
    },
  };

  const [salesforceServer, genesysServer, webPageServer] = await startAll([
    startSalesforce({
      org,
      port: ports.salesforce ?? 0,
      ...salesforce,
      delays,
      assumptions: assumptions.salesforce,
      faults,
      orgs,
    }),
    startGenesys({
      org,
      port: ports.genesys ?? 0,
      ...genesys,
      delays,
      assumptions: assumptions.genesys,
      ledger,
      faults,
      limits,
      orgs,
    }),
    startWebPage({
      org,
      port: ports.webPage ?? 0,
      dataFile: file("web-page.json"),
      extend: (app, contract) => addOverview(app, { ...shown, contract }),
    }),
  ]);
  shown.salesforce.url = salesforceServer.url;
  shown.genesys.url = genesysServer.url;
  Object.assign(address, {
    salesforce: salesforceServer.url,
    genesys: genesysServer.url,
    webPage: webPageServer.url,
  });

  return {
    salesforceUrl: salesforceServer.url,
    genesysUrl: genesysServer.url,
    webPageUrl: webPageServer.url,
    salesforce,
    genesys,
    faults,
    ledger,
    stop: async () => {
      await stopAll([salesforceServer, genesysServer, webPageServer]);
      await Promise.all([salesforceStore.saved(), genesysStore.saved()]);
    },
  };
}

type Three<Kind> = readonly [Kind, Kind, Kind];

async function startAll(starting: Three<Promise<RunningServer>>): Promise<Three<RunningServer>> {
  const outcomes = await Promise.allSettled(starting);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) {
    await stopAll(
      outcomes.filter((outcome) => outcome.status === "fulfilled").map((outcome) => outcome.value),
    );
    throw failed.reason;
  }
  return Promise.all(starting);
}

async function stopAll(servers: readonly RunningServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
}
