import { Connection } from "@jsforce/jsforce-node";
import { onTestFinished } from "vitest";
import { salesforceAdmin } from "../../sandbox/accounts.ts";
import { type Choices, choose } from "../../sandbox/assumption.ts";
import { salesforceAssumptions } from "../../sandbox/assumptions.ts";
import { type Delays, fastDelays } from "../../sandbox/delays.ts";
import { RequestLog } from "../../sandbox/requestLog.ts";
import { startSalesforce } from "../../sandbox/salesforce/server.ts";
import { initialSalesforceState, type SalesforceState } from "../../sandbox/salesforce/state.ts";
import { openStore } from "../../sandbox/store.ts";

/** What the Metadata API answers for one saved or deleted component. */
export interface Saved {
  fullName: string;
  success: boolean;
  errors: { statusCode: string; message: string; fields: string[] }[];
}

/** A deploy as the Metadata API reports it. */
export interface Deployed {
  id: string;
  status: string;
  done: boolean;
  startDate?: string;
  completedDate?: string;
  details: {
    componentSuccesses: Record<string, unknown>[];
    componentFailures: Record<string, unknown>[];
  };
}

export interface Retrieved {
  id: string;
  zipFile: string;
  fileProperties: { fileName: string }[];
  messages: { fileName: string; problem: string }[];
}

/** What starts: its id, and a way to wait for its end. */
export interface Locator<Result> extends Promise<{ id: string }> {
  complete(includeDetails?: boolean): Promise<Result>;
}

/** jsforce as these tests use it: its own types do not know External Client Apps. */
export interface Api {
  metadata: {
    create(type: string, components: object[]): Promise<Saved[]>;
    create(type: string, component: object): Promise<Saved>;
    update(type: string, component: object): Promise<Saved>;
    upsert(type: string, component: object): Promise<Saved & { created: boolean }>;
    rename(type: string, name: string, newName: string): Promise<Saved>;
    read(type: string, name: string): Promise<Record<string, unknown>>;
    read(type: string, names: string[]): Promise<Record<string, unknown>[]>;
    list(queries: { type: string } | { type: string }[]): Promise<Record<string, string>[]>;
    delete(type: string, name: string): Promise<Saved>;
    describe(): Promise<{ metadataObjects: { xmlName: string; suffix: string }[] }>;
    deploy(zip: Buffer, options?: object): Locator<Deployed>;
    deployRest(zip: Buffer, options?: object): Locator<Deployed>;
    checkDeployStatus(id: string, includeDetails?: boolean, rest?: boolean): Promise<Deployed>;
    cancelDeploy(id: string): Promise<{ done: string; id: string }>;
    retrieve(request: object): Locator<Retrieved> & { stream(): AsyncIterable<unknown> };
    checkRetrieveStatus(id: string): Promise<Retrieved>;
  };
  query(soql: string): Promise<{ totalSize: number; records: Record<string, unknown>[] }>;
  request(request: string | object): Promise<Record<string, unknown>>;
  limitInfo: { apiUsage: { used: number; limit: number } };
  authorize(parameters: object): Promise<unknown>;
}

/** jsforce on an org; by default as the admin and by API version 66.0. */
export function connect(url: string, options: { accessToken?: string; version?: string } = {}): Api {
  const { accessToken = salesforceAdmin.accessToken, version = "66.0" } = options;
  const connection = new Connection({ instanceUrl: url, accessToken, version });
  connection.metadata.pollInterval = 20;
  return connection as unknown as Api;
}

/** An org that lives as long as the test. */
export async function startOrg(
  options: {
    assumptions?: Choices<typeof salesforceAssumptions>;
    delays?: Partial<Delays>;
    file?: string;
    port?: number;
  } = {},
) {
  const store = openStore<SalesforceState>(options.file, initialSalesforceState);
  const log = new RequestLog();
  const delays = { ...fastDelays, ...options.delays };
  const server = await startSalesforce({
    port: options.port ?? 0,
    store,
    delays,
    assumptions: choose(salesforceAssumptions, options.assumptions ?? {}),
    log,
  });
  onTestFinished(() => server.stop());
  return {
    url: server.url,
    port: server.port,
    state: store.state,
    api: connect(server.url),
    log,
    /** A change counts at once. */
    delays,
    stop: server.stop,
  };
}

export const APP = "Web_Messaging";
export const CALLBACK = "https://www.example.com/signed-in";

/** Makes an app with its two kinds of settings, and answers its client id and secret. */
export async function createApp(
  org: { api: Api; state: SalesforceState },
  globalSettings: object = {},
  scopes = "OpenID, Profile, Email, RefreshToken",
) {
  const { metadata } = org.api;
  const answers = [
    await metadata.create("ExternalClientApplication", {
      fullName: APP,
      contactEmail: "team@example.com",
      distributionState: "Local",
      label: "Web messaging",
    }),
    await metadata.create("ExtlClntAppOauthSettings", {
      fullName: `${APP}_oauth`,
      commaSeparatedOauthScopes: scopes,
      externalClientApplication: APP,
    }),
    await metadata.create(
      "ExtlClntAppGlobalOauthSettings",
      inWsdlOrder({
        fullName: `${APP}_glbloauth`,
        callbackUrl: CALLBACK,
        externalClientApplication: APP,
        ...globalSettings,
      }),
    ),
  ];
  const problem = answers.flatMap(({ errors }) => errors)[0];
  const consumer = org.state.consumers.find(({ app }) => app === APP);
  if (problem !== undefined || consumer === undefined) throw new Error(`No app: ${problem?.message}`);
  return { clientId: consumer.key, clientSecret: consumer.secret };
}

/** `fullName` first, then by the alphabet. */
export function inWsdlOrder({ fullName, ...fields }: Record<string, unknown>): object {
  const sorted = Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1));
  return { fullName, ...Object.fromEntries(sorted) };
}

/** An envelope in other prefixes than jsforce's; the metadata namespace goes by `met:` and by none. */
export function soapEnvelope(body: string, sessionId = "", headers = ""): string {
  return `<?xml version="1.0"?>
    <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns="http://soap.sforce.com/2006/04/metadata"
      xmlns:met="http://soap.sforce.com/2006/04/metadata" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
      <s:Header><met:SessionHeader><met:sessionId>${sessionId}</met:sessionId></met:SessionHeader>${headers}</s:Header>
      <s:Body>${body}</s:Body>
    </s:Envelope>`;
}

/** Posts a SOAP envelope as it is. */
export async function postSoap(url: string, xml: string, version = "66.0") {
  const response = await fetch(`${url}/services/Soap/m/${version}`, {
    method: "POST",
    headers: { "content-type": "text/xml", soapaction: '""' },
    body: xml,
  });
  return { status: response.status, text: await response.text() };
}
