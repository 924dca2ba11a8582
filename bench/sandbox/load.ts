import { Agent, request as sendRequest } from "node:http";
import type { Ready } from "./server.ts";
import { appName } from "./sets.ts";

/** How long the requests of one kind took. */
export interface Timing {
  kind: string;
  /** Milliseconds from when a request was due, so that a queue shows; unordered. */
  durations: number[];
  failed: number;
}

interface Prepared {
  kind: string;
  url: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
}

/** Of a hundred requests; about what a refresh and an update of many stacks ask for. */
const mix: [kind: string, share: number][] = [
  ["read an object", 50],
  ["read a page of 100", 10],
  ["read versions", 15],
  ["write an object", 10],
  ["read metadata", 15],
];

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Sends requests at a steady rate, whether earlier ones are answered or not. */
export async function loadAt(rate: number, seconds: number, ready: Ready): Promise<Timing[]> {
  const timings = new Map<string, Timing>(mix.map(([kind]) => [kind, { kind, durations: [], failed: 0 }]));
  const pending: Promise<void>[] = [];
  const start = performance.now();
  for (let sent = 0; sent < rate * seconds; ) {
    for (const due = dueBy(start, rate); sent < Math.min(due, rate * seconds); sent++) {
      const prepared = requestNumber(sent, ready);
      const dueAt = start + (sent / rate) * 1000;
      pending.push(timed(prepared, dueAt, timings.get(prepared.kind)));
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(pending);
  return [...timings.values()];
}

function dueBy(start: number, rate: number): number {
  return Math.ceil(((performance.now() - start) / 1000) * rate);
}

async function timed(prepared: Prepared, dueAt: number, timing: Timing | undefined): Promise<void> {
  const isGood = await answered(prepared);
  timing?.durations.push(performance.now() - dueAt);
  if (!isGood && timing) timing.failed += 1;
}

/** Does it answer with success? Reads the whole answer. */
function answered({ url, method, headers, body }: Prepared): Promise<boolean> {
  return new Promise((resolve) => {
    const request = sendRequest(url, { method, headers, agent }, (response) => {
      response.on("error", () => resolve(false));
      response.on("end", () => resolve((response.statusCode ?? 0) < 300));
      response.resume();
    });
    request.on("error", () => resolve(false));
    request.end(body);
  });
}

/** The same requests in every run: kinds in turn by their shares, objects one after the other. */
function requestNumber(number: number, ready: Ready): Prepared {
  const kind = kindOf((number * 37) % 100);
  const { sets, genesysTokens, genesysUrl, salesforceUrl, salesforceToken } = ready;
  const set = sets[(number * 7) % sets.length];
  const headers = {
    authorization: `Bearer ${genesysTokens[number % genesysTokens.length]}`,
    "content-type": "application/json",
  };
  const api = `${genesysUrl}/api/v2`;
  if (set === undefined) throw new Error("There are no sets.");
  switch (kind) {
    case "read an object":
      return { kind, method: "GET", headers, url: `${api}/webdeployments/deployments/${set.deployment}` };
    case "read a page of 100":
      return { kind, method: "GET", headers, url: `${api}/integrations/credentials?pageSize=100` };
    case "read versions":
      return {
        kind,
        method: "GET",
        headers,
        url: `${api}/webdeployments/configurations/${set.configuration}/versions`,
      };
    case "write an object":
      return {
        kind,
        method: "PUT",
        headers,
        url: `${api}/integrations/credentials/${set.credential}`,
        body: JSON.stringify({
          name: `Written ${number}`,
          type: { name: "webdeploymentsOAuthClient" },
          credentialFields: { clientId: "key", clientSecret: String(number) },
        }),
      };
    default:
      return {
        kind,
        method: "POST",
        headers: { "content-type": "text/xml", SOAPAction: '""' },
        url: `${salesforceUrl}/services/Soap/m/66.0`,
        body: readMetadata(salesforceToken, appName((number * 7) % sets.length)),
      };
  }
}

function kindOf(percentile: number): string {
  let below = 0;
  for (const [kind, share] of mix) {
    below += share;
    if (percentile < below) return kind;
  }
  throw new RangeError(`${percentile} is no percentile.`);
}

function readMetadata(token: string, fullName: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/">
<Header><SessionHeader xmlns="http://soap.sforce.com/2006/04/metadata"><sessionId>${token}</sessionId></SessionHeader></Header>
<Body><readMetadata xmlns="http://soap.sforce.com/2006/04/metadata"><type>ExternalClientApplication</type>
<fullNames>${fullName}</fullNames></readMetadata></Body></Envelope>`;
}
