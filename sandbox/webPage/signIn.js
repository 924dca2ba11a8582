// How a web page signs a visitor in to Genesys web messaging: from the page contract alone, with the browser's
// own cryptography and session storage. No secret of the company is involved.

/** @import { PageContract } from "../../components/pageContract.ts" */

/**
 * @typedef {object} Step one thing that was tried, without any secret
 * @property {string} name
 * @property {boolean} ok
 * @property {string} detail
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
  note(memory, "Authorize request", true, `sent to ${url.origin}${url.pathname}`);
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
  const { code, iss } = readAnswer(address.searchParams, request, memory);
  const { jwt } = await genesys(contract, memory, "Exchange", "POST", "oauthcodegrantjwtexchange", {
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
  });
  const session = readSession(jwt);
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
  if (session) await genesys(contract, memory, "Sign-out", "DELETE", "revoke", { jwt: session.jwt });
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
 * @param {URLSearchParams} answer
 * @param {{ state: string } | null} request
 * @param {Memory} memory
 */
function readAnswer(answer, request, memory) {
  if (request === null || answer.get("state") !== request.state) {
    note(memory, "Answer of the provider", false, "its state is not the one this page sent");
    throw new SignInFailed("This sign-in was not begun here, or was finished already. Please sign in again.");
  }
  const code = answer.get("code");
  if (code === null) {
    const detail = [answer.get("error"), answer.get("error_description")].filter(Boolean).join(": ");
    note(memory, "Answer of the provider", false, detail);
    throw new SignInFailed("Salesforce did not let you in.");
  }
  note(memory, "Answer of the provider", true, "a code");
  return { code, iss: answer.get("iss") };
}

/**
 * One request about the visitor's token.
 *
 * @param {PageContract} contract
 * @param {Memory} memory
 * @param {string} name of the step
 * @param {"POST" | "DELETE"} method
 * @param {string} path
 * @param {{ body?: object, jwt?: string }} content
 */
async function genesys(contract, memory, name, method, path, { body, jwt }) {
  const response = await fetch(`${contract.genesysApiUrl}/api/v2/webdeployments/token/${path}`, {
    method,
    headers: {
      ...(body && { "content-type": "application/json" }),
      ...(jwt && { authorization: `Bearer ${jwt}` }),
    },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  }).catch((error) => {
    note(
      memory,
      name,
      false,
      `no answer that this page may read (${error.message}); are its domain and network right?`,
    );
    throw new SignInFailed("The messaging service cannot be reached.");
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    const message = String(answer.message ?? "").replace(/(for token: )\S+/, "$1...");
    note(
      memory,
      name,
      false,
      `${response.status} ${answer.code ?? ""} ${message} contextId ${answer.contextId ?? "none"}`,
    );
    throw new SignInFailed("The messaging service could not identify you.");
  }
  note(memory, name, true, `answered ${response.status}`);
  return answer;
}

/**
 * @param {string} jwt
 * @returns {Session}
 */
function readSession(jwt) {
  const claims = JSON.parse(new TextDecoder().decode(fromBase64Url(jwt.split(".")[1] ?? "")));
  return { jwt, subject: claims.sub, expiresAt: claims.exp && claims.exp * 1_000 };
}

/**
 * @param {Memory} memory
 * @param {string} name
 * @param {boolean} ok
 * @param {string} detail
 */
function note(memory, name, ok, detail) {
  memory.setItem(stepsKey, JSON.stringify([...steps(memory), { name, ok, detail }]));
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
