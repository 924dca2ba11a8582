// How a web page signs a visitor in to Genesys web messaging: from the page contract alone, with the browser's
// own cryptography and session storage. No secret of the company is involved.

/** @import { PageContract } from "../../components/pageContract.ts" */

/**
 * @typedef {object} Message a request or an answer, without any secret
 * @property {string} line such as `POST https://…` or `401 Unauthorized`
 * @property {unknown} [content] its parameters or its body
 *
 * @typedef {object} Step one thing that was tried
 * @property {string} name
 * @property {boolean} ok
 * @property {string} detail in a few words
 * @property {Message} [request]
 * @property {Message} [answer]
 * @property {string} [contextId] what Genesys calls its answer by, for its support
 *
 * @typedef {object} Session
 * @property {string} jwt
 * @property {string} [subject]
 * @property {number} [expiresAt] milliseconds since 1970
 *
 * @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Memory outlives the way to the provider and back
 */

const requestKey = "sign-in-request";
const sessionKey = "session";
const stepsKey = "steps";

/** The sign-in did not work; the message is for the visitor, the steps say why. */
export class SignInFailed extends Error {}

/**
 * Makes the authorize request: code flow with PKCE S256, nonce and state.
 *
 * @param {PageContract} contract
 * @param {Memory} memory
 * @returns {Promise<string>} where to send the visitor
 */
export async function beginSignIn(contract, memory) {
  const request = { state: randomText(), nonce: randomText(), codeVerifier: randomText() };
  memory.setItem(requestKey, JSON.stringify(request));
  memory.removeItem(stepsKey);
  const url = new URL(contract.authorizeUrl);
  const parameters = {
    response_type: "code",
    client_id: contract.clientId,
    redirect_uri: contract.redirectUri,
    scope: contract.scopes.join(" "),
    state: request.state,
    nonce: request.nonce,
    code_challenge: await challenge(request.codeVerifier),
    code_challenge_method: contract.pkce.method,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const place = `${url.origin}${url.pathname}`;
  note(memory, {
    name: "Authorize request",
    ok: true,
    detail: `sent to ${place}`,
    request: message(`GET ${place}`, parameters),
  });
  return url.href;
}

/**
 * Is this the address that the provider sends visitors back to, with an answer?
 *
 * @param {URL} address
 */
export function isCallback({ searchParams }) {
  return searchParams.has("code") || searchParams.has("error");
}

/**
 * Takes the provider's answer and exchanges the code at Genesys.
 *
 * @param {PageContract} contract
 * @param {URL} address
 * @param {Memory} memory
 * @returns {Promise<Session>}
 * @throws {SignInFailed}
 */
export async function finishSignIn(contract, address, memory) {
  const request = JSON.parse(memory.getItem(requestKey) ?? "null");
  memory.removeItem(requestKey);
  const { code, iss } = readAnswer(address, request, memory);
  const session = await genesys(contract, memory, "Exchange", "POST", "oauthcodegrantjwtexchange", {
    body: {
      deploymentId: contract.deploymentId,
      oauth: {
        code,
        redirectUri: contract.redirectUri,
        codeVerifier: request.codeVerifier,
        nonce: request.nonce,
        ...(iss !== null && { iss }),
      },
    },
    read: readSession,
  });
  memory.setItem(sessionKey, JSON.stringify(session));
  return session;
}

/**
 * The session of a visitor who has signed in already.
 *
 * @param {Memory} memory
 * @returns {Session | undefined}
 */
export function currentSession(memory) {
  /** @type {Session | null} */
  const session = JSON.parse(memory.getItem(sessionKey) ?? "null");
  if (!session || (session.expiresAt ?? Number.POSITIVE_INFINITY) <= Date.now()) return undefined;
  return session;
}

/**
 * Forgets the session and revokes its token.
 *
 * @param {PageContract} contract
 * @param {Memory} memory
 * @throws {SignInFailed} when Genesys did not revoke the token; the page has forgotten it all the same
 */
export async function signOut(contract, memory) {
  const session = currentSession(memory);
  memory.removeItem(sessionKey);
  if (!session) return;
  await genesys(contract, memory, "Sign-out", "DELETE", "revoke", {
    jwt: session.jwt,
    read: () => undefined,
  });
}

/**
 * What was done since the last sign-in began.
 *
 * @param {Memory} memory
 * @returns {Step[]}
 */
export function steps(memory) {
  return JSON.parse(memory.getItem(stepsKey) ?? "[]");
}

/**
 * @param {URL} address
 * @param {{ state: string } | null} request
 * @param {Memory} memory
 */
function readAnswer({ origin, pathname, searchParams }, request, memory) {
  const code = searchParams.get("code");
  const problem = problemWith(searchParams, request);
  const content = Object.fromEntries(searchParams);
  note(memory, {
    name: "Answer of the provider",
    ok: problem === undefined,
    detail: problem?.detail ?? "a code",
    answer: message(`to ${origin}${pathname}`, content),
  });
  if (problem || code === null) throw new SignInFailed(problem?.text);
  return { code, iss: searchParams.get("iss") };
}

/**
 * @param {URLSearchParams} answer
 * @param {{ state: string } | null} request
 * @returns {{ detail: string, text: string } | undefined} for the trace, and for the visitor
 */
function problemWith(answer, request) {
  if (request === null || answer.get("state") !== request.state) {
    const text = "This sign-in was not begun here, or was finished already. Please sign in again.";
    return { detail: "its state is not the one this page sent", text };
  }
  if (answer.has("code")) return undefined;
  const detail = [answer.get("error"), answer.get("error_description")].filter(Boolean).join(": ");
  return { detail, text: "Salesforce did not let you in." };
}

/**
 * One request about the visitor's token.
 *
 * @template Result
 * @param {PageContract} contract
 * @param {Memory} memory
 * @param {string} name of the step
 * @param {"POST" | "DELETE"} method
 * @param {string} path
 * @param {{ body?: object, jwt?: string, read: (answer: any) => Result }} content `read` throws on what it cannot use
 * @returns {Promise<Result>}
 */
async function genesys(contract, memory, name, method, path, { body, jwt, read }) {
  const url = `${contract.genesysApiUrl}/api/v2/webdeployments/token/${path}`;
  /** @type {Record<string, string>} */
  const headers = jwt ? { authorization: `Bearer ${jwt}` } : { "content-type": "application/json" };
  const request = message(`${method} ${url}`, body ?? headers);
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    return await readResponse(response, read, (outcome) => note(memory, { name, request, ...outcome }));
  } catch (error) {
    if (error instanceof SignInFailed) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const detail = `no answer that this page may read (${reason}); are its domain and network right?`;
    note(memory, { name, request, ok: false, detail });
    throw new SignInFailed("The messaging service cannot be reached.");
  }
}

/**
 * @template Result
 * @param {Response} response
 * @param {(answer: any) => Result} read
 * @param {(outcome: Omit<Step, "name">) => void} noteOutcome
 */
async function readResponse(response, read, noteOutcome) {
  const text = await response.text();
  const content = parsed(text);
  const line = `${response.status} ${response.statusText}`.trim();
  const answer = message(line, content ?? text.slice(0, 500), tokens);
  if (!response.ok) {
    const { code, contextId } = content ?? {};
    const detail = [response.status, code, content && contextId === undefined && "without a contextId"];
    noteOutcome({ ok: false, detail: `answered ${detail.filter(Boolean).join(" ")}`, answer, contextId });
    throw new SignInFailed("The messaging service could not identify you.");
  }
  try {
    const result = read(content);
    noteOutcome({ ok: true, detail: `answered ${response.status}`, answer });
    return result;
  } catch {
    noteOutcome({ ok: false, detail: `answered ${response.status}, but not what was asked for`, answer });
    throw new SignInFailed("The messaging service did not answer as it should.");
  }
}

/**
 * @param {{ jwt: string }} answer of the exchange
 * @returns {Session}
 */
function readSession({ jwt }) {
  const claims = JSON.parse(new TextDecoder().decode(fromBase64Url(jwt.split(".")[1] ?? "")));
  return { jwt, subject: claims.sub, expiresAt: claims.exp && claims.exp * 1_000 };
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {Memory} memory
 * @param {Step} step
 */
function note(memory, step) {
  memory.setItem(stepsKey, JSON.stringify([...steps(memory), step]));
}

const tokens = ["authorization", "jwt", "refreshToken"];
const secrets = [...tokens, "code", "codeVerifier", "nonce", "state"];

/**
 * @param {string} line
 * @param {unknown} content
 * @param {string[]} hidden names of what is left out; a `code` is no secret where it is that of an error
 * @returns {Message}
 */
function message(line, content, hidden = secrets) {
  const hide = (/** @type {string} */ name, /** @type {unknown} */ value) => {
    if (hidden.includes(name)) return "(hidden)";
    return typeof value === "string" ? value.replace(/(for token: )\S+/, "$1(hidden)") : value;
  };
  return { line, content: content === "" ? undefined : JSON.parse(JSON.stringify(content, hide)) };
}

function randomText() {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}

/** @param {string} verifier */
async function challenge(verifier) {
  return toBase64Url(
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))),
  );
}

/** @param {Uint8Array} bytes */
function toBase64Url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** @param {string} text */
function fromBase64Url(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
