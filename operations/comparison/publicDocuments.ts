import { calculateJwkThumbprint, type JWK } from "jose";
import { CodedError } from "../../providers/errors.ts";
import { operation } from "../../providers/operation.ts";
import { backOff } from "../../providers/waiting.ts";
import { type Answer, jsonOf, sender } from "../signIn/http.ts";

type Document = Record<string, unknown>;

/** How often somebody is asked who does not answer, or answers that something is wrong with the server. */
const attempts = 3;

/**
 * A JSON document that anybody may read, or the words for why it cannot be read: that it cannot is a finding, not an
 * error.
 */
export async function publicDocument(url: string): Promise<Document | string> {
  for (let attempt = 1; ; attempt++) {
    const answer = await answerOf(url);
    const isPassing = typeof answer === "string" || answer.status >= 500;
    if (!isPassing || attempt === attempts) return typeof answer === "string" ? answer : documentIn(answer);
    await backOff(attempt);
  }
}

async function answerOf(url: string): Promise<Answer | string> {
  const { signal } = operation();
  try {
    return await sender(signal)(url);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CodedError) return `not readable: ${error.what}`;
    throw error;
  }
}

function documentIn(answer: Answer): Document | string {
  const document = jsonOf(answer);
  if (answer.status === 200 && isDocument(document)) return document;
  return `not readable: status ${answer.status}, ${answer.headers.get("content-type") ?? "no content type"}`;
}

function isDocument(value: unknown): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The keys that sign ID tokens, each by its thumbprint (RFC 7638). */
export async function keysOf(discovery: Document | string): Promise<Document | string> {
  if (typeof discovery === "string") return "not readable: no discovery document";
  const document = await publicDocument(String(discovery.jwks_uri));
  if (typeof document === "string") return document;
  const keys = (Array.isArray(document.keys) ? document.keys : []) as JWK[];
  const shown = await Promise.all(
    keys.map(async (key) => {
      const { kid, kty, use, alg } = key;
      const thumbprint = await calculateJwkThumbprint(key).catch(() => "none");
      return { kid, kty, use, alg, thumbprint };
    }),
  );
  return { count: keys.length, ...shown };
}

/** Where the files that a messenger loads lie: `https://api-cdn.<domain>`, or behind the gateway. */
export function runtimeFile(apiUrl: string, deploymentId: string, name: string): string {
  const origin = apiUrl.replace(/^https:\/\/api\./, "https://api-cdn.");
  return `${origin}/webdeployments/v1/deployments/${deploymentId}/${name}`;
}
