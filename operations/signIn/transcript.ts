import { redactor } from "../../providers/redaction.ts";
import { type Answer, jsonOf, type Send } from "../http.ts";
import { redacted } from "../secrets.ts";
import { secretsIn } from "./sentSecrets.ts";

/** One request and its answer, without any secret: what is not known to be harmless is left out. */
export interface TranscriptEntry {
  /** When the request was sent, UTC, ISO 8601. */
  at: string;
  milliseconds: number;
  method: string;
  /** Values of query parameters that may open something are replaced by their length. */
  url: string;
  requestHeaders: Readonly<Record<string, string>>;
  /** As sent, with the same replacements; missing when there was none. */
  requestBody?: unknown;
  /** Missing when no answer came. */
  status?: number;
  answerHeaders?: Readonly<Record<string, string>>;
  answerBody?: unknown;
  /** Why no answer came. */
  failure?: string;
}

/** Names of parameters and properties whose values are no secret. All others are shown by their length alone. */
const harmless = new Set([
  "response_type",
  "client_id",
  "redirect_uri",
  "scope",
  "code_challenge_method",
  "prompt",
  "display",
  "grant_type",
  "token_type_hint",
  "token_type",
  "expires_in",
  "issued_at",
  "instance_url",
  "error",
  "error_description",
  "iss",
  "deploymentId",
  "redirectUri",
  "maxAge",
  "message",
  "status",
  "contextId",
  "details",
  "errors",
]);
const harmlessHeaders = new Set([
  "cache-control",
  "connection",
  "content-length",
  "content-type",
  "via",
  "x-amz-cf-id",
  "origin",
  "date",
  "server",
  "retry-after",
  "location",
  "access-control-allow-origin",
  "genesys-correlation-id",
  "inin-correlation-id",
  "inin-ratelimit-count",
  "inin-ratelimit-allowed",
  "inin-ratelimit-reset",
  "x-sfdc-request-id",
]);

/**
 * Sends as `send` does, and hands out what may be shown of each request and its answer.
 *
 * @param secrets of the sign-in, which grow with every request: a vendor may repeat in words what it was sent
 */
export function recording(
  send: Send,
  onRequest: (entry: TranscriptEntry) => void,
  secrets: string[] = [],
): Send {
  return async (url, init = {}) => {
    const began = performance.now();
    const entry = { at: new Date().toISOString(), ...requestOf(url, init) };
    secrets.push(...secretsIn(url, init));
    const tell = (rest: Partial<TranscriptEntry>) => {
      const milliseconds = Math.round(performance.now() - began);
      onRequest(redacted({ ...entry, milliseconds, ...rest }, redactor(secrets)));
    };
    try {
      const answer = await send(url, init);
      secrets.push(...secretsIn(url, {}, answer));
      tell({
        status: answer.status,
        answerHeaders: shownHeaders(answer.headers),
        answerBody: shownAnswer(answer),
      });
      return answer;
    } catch (error) {
      tell({ failure: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  };
}

function requestOf(url: URL | string, { method = "GET", headers, body }: RequestInit) {
  return {
    method,
    url: shownAddress(String(url)),
    requestHeaders: shownHeaders(new Headers(headers)),
    ...(body !== undefined && body !== null && { requestBody: shownBody(body) }),
  };
}

function shownBody(body: BodyInit): unknown {
  if (body instanceof URLSearchParams) return shownParameters(body);
  if (typeof body !== "string") return "[not shown]";
  try {
    return shownValue(JSON.parse(body));
  } catch {
    return hidden(body);
  }
}

/** JSON by its harmless parts; of anything else, such as a login page, only the length. */
function shownAnswer(answer: Answer): unknown {
  const body = jsonOf(answer);
  if (body === undefined) return hidden(answer.text);
  // A discovery document is public, and its values are what support asks for.
  return isDiscovery(answer) ? body : withoutToken(shownValue(body, ["code"]));
}

function isDiscovery({ url }: Answer): boolean {
  return url.pathname.endsWith("/.well-known/openid-configuration");
}

/** The text of the vendor's 401 names a token. */
function withoutToken(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body).replace(/(for token: )[^\s"]+/g, "$1[redacted]"));
}

/** @param more names that are harmless here: `code` is the vendor's error code in an answer, a secret in a request */
function shownValue(value: unknown, more: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((item) => shownValue(item, more));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => {
    const isShown = harmless.has(name) || more.includes(name) || typeof inner !== "string";
    return [name, isShown ? shownValue(inner, more) : hidden(String(inner))];
  });
  return Object.fromEntries(entries);
}

function shownParameters(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    [...parameters].map(([name, value]) => [name, harmless.has(name) ? value : hidden(value)]),
  );
}

function shownHeaders(headers: Headers): Record<string, string> {
  const entries = [...headers].map(([name, value]) => {
    if (!harmlessHeaders.has(name)) return [name, hidden(value)];
    return [name, name === "location" ? shownAddress(value) : value];
  });
  return Object.fromEntries(entries);
}

/** A part of the path that is longer than an id may be a login's own key. */
function shownAddress(address: string): string {
  const [path = "", query] = address.split(/[?#]/, 2);
  const shownPath = path.replace(/\/[\w-]{40,}(?=\/|$)/g, (part) => `/${hidden(part.slice(1))}`);
  if (query === undefined) return shownPath;
  const parameters = Object.entries(shownParameters(new URLSearchParams(query)));
  return `${shownPath}?${parameters.map(([name, value]) => `${name}=${value}`).join("&")}`;
}

function hidden(text: string): string {
  return `[${text.length} characters]`;
}
