import type { PageContract } from "../../components/pageContract.ts";
import { VendorError } from "../../providers/errors.ts";
import { operation } from "../../providers/operation.ts";
import { backOff, repeatSafely, requestDeadlineMs } from "../../providers/waiting.ts";

/** An answer to a request for a JSON document that everybody may read, whatever it is. */
export interface PublicDocument {
  url: string;
  status: number;
  contentType: string;
  /** Where it redirects to. */
  location: string | undefined;
  /** By how much the clock of whoever answered is ahead of this machine's, to the second; undefined when it does not tell. */
  clockAheadMs: number | undefined;
  /** Undefined when the answer is no JSON object. */
  body: Record<string, unknown> | undefined;
}

/** A machine on the way may answer with a page of its own: only what comes again counts. */
const mostLooks = 4;

/**
 * Asks for a document until its answer is one, or the same disappointment has come often enough to be believed.
 *
 * @throws VendorError DIAGNOSIS_NO_DOCUMENT when nothing, or only an error of the server, is answered
 */
export async function fetchDocument(url: string): Promise<PublicDocument> {
  for (let looks = 1; ; looks++) {
    const document = await repeatSafely("read", () => fetchOnce(url));
    if (isUsable(document) || looks === mostLooks) return document;
    await backOff(looks);
  }
}

export function isUsable({ status, body }: PublicDocument): boolean {
  return status === 200 && body !== undefined;
}

/**
 * Where browsers load what a deployment serves. On the vendor's own hosts that is `api-cdn` beside `api` (public code of
 * the vendor's mobile SDK); behind a gateway it is the gateway.
 */
export function runtimeConfigUrl({ genesysApiUrl, deploymentId }: PageContract): string {
  const cdn = genesysApiUrl.replace(/^https:\/\/api\./, "https://api-cdn.");
  return `${cdn}/webdeployments/v1/deployments/${deploymentId}/config.json`;
}

/** How long the CDN may go on with what it has after a change of the deployment. No source says how long it does. */
const cdnLagMs = 15 * 60_000;

/** Whether a difference on the CDN may only be that it has not followed yet. */
export function mayLag(changed: Date | string | undefined): boolean {
  return changed !== undefined && Date.now() - new Date(changed).getTime() < cdnLagMs;
}

async function fetchOnce(url: string): Promise<PublicDocument> {
  const { signal } = operation();
  let response: Response;
  let text: string;
  try {
    const ended = AbortSignal.any([signal, AbortSignal.timeout(requestDeadlineMs)]);
    response = await fetch(url, { redirect: "manual", signal: ended });
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    const { name, cause } = error as Error & { cause?: { code?: string } };
    throw noDocument(url, { reason: cause?.code ?? name });
  }
  const { status, headers } = response;
  if (status === 408 || status === 429 || status >= 500) throw noDocument(url, { status });
  const date = Date.parse(headers.get("date") ?? "");
  return {
    url,
    status,
    contentType: headers.get("content-type") ?? "none",
    location: headers.get("location") ?? undefined,
    clockAheadMs: Number.isNaN(date) ? undefined : date - Date.now(),
    body: objectIn(text),
  };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function noDocument(url: string, reason: { reason?: string; status?: number }): VendorError {
  return new VendorError({
    outcome: "unknown",
    code: "DIAGNOSIS_NO_DOCUMENT",
    what: `${new URL(url).host} did not answer, or only with an error of its own.`,
    evidence: { url, ...reason },
    next: "See that this host can be reached from here, and look at the vendor's status page; then run the command again.",
  });
}
