import { CodedError } from "../providers/errors.ts";
import { operation } from "../providers/operation.ts";
import { backOff, repeatSafely, requestDeadlineMs } from "../providers/waiting.ts";
import { isTooBusy, jsonOf, sender, unavailable } from "./http.ts";

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
 * @throws VendorError SIGN_IN_NO_ANSWER, SIGN_IN_UNAVAILABLE
 */
export async function fetchDocument(url: string): Promise<PublicDocument> {
  for (let looks = 1; ; looks++) {
    const document = await repeatSafely("read", () => fetchOnce(url));
    if (isUsable(document) || looks === mostLooks) return document;
    await backOff(looks);
  }
}

/** The document, or the words for why it cannot be read: where that is a finding, not an error. */
export async function documentOrWhyNot(url: string): Promise<Record<string, unknown> | string> {
  try {
    const document = await fetchDocument(url);
    const { status, contentType, body } = document;
    return isUsable(document) && body ? body : `not readable: status ${status}, ${contentType}`;
  } catch (error) {
    operation().signal.throwIfAborted();
    if (error instanceof CodedError) return `not readable: ${error.what}`;
    throw error;
  }
}

export function isUsable({ status, body }: PublicDocument): boolean {
  return status === 200 && body !== undefined;
}

/**
 * Where browsers load what a deployment serves. On the vendor's own hosts that is `api-cdn` beside `api` (public code of
 * the vendor's mobile SDK); behind a gateway it is the gateway.
 *
 * @param name `config.json`
 */
export function runtimeFile(genesysApiUrl: string, deploymentId: string, name: string): string {
  const cdn = genesysApiUrl.replace(/^https:\/\/api\./, "https://api-cdn.");
  return `${cdn}/webdeployments/v1/deployments/${deploymentId}/${name}`;
}

async function fetchOnce(url: string): Promise<PublicDocument> {
  const answer = await sender(operation().signal, requestDeadlineMs)(url);
  if (isTooBusy(answer)) throw unavailable(answer, {});
  const { status, headers } = answer;
  const date = Date.parse(headers.get("date") ?? "");
  const body = jsonOf(answer);
  return {
    url,
    status,
    contentType: headers.get("content-type") ?? "none",
    location: headers.get("location") ?? undefined,
    clockAheadMs: Number.isNaN(date) ? undefined : date - Date.now(),
    body: isObject(body) ? body : undefined,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
