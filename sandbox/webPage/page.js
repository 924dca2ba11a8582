import {
  beginSignIn,
  currentSession,
  finishSignIn,
  isCallback,
  SignInFailed,
  signOut,
  steps,
} from "./signIn.js";

/** @import { PageContract } from "../../components/pageContract.ts" */
/** @import { Session } from "./signIn.js" */

const contract = await loadContract();
if (contract === undefined)
  show({ status: "This page has no page contract yet. Run `npm start`, then reload." });
else if (location.origin !== originOf(contract)) location.replace(originOf(contract));
else await run(contract);

/** @returns {Promise<PageContract | undefined>} */
async function loadContract() {
  const response = await fetch("/page-contract.json");
  return response.ok ? response.json() : undefined;
}

/** What the visitor began must end at the same origin, since each has a storage of its own. */
function originOf(/** @type {PageContract} */ { redirectUri }) {
  return new URL(redirectUri).origin;
}

/** @param {PageContract} contract */
async function run(contract) {
  onClick("sign-in", async () => location.assign(await beginSignIn(contract, sessionStorage)));
  onClick("sign-out", () => attempt(() => signOut(contract, sessionStorage)));
  const address = new URL(location.href);
  if (!isCallback(address)) return showSession();
  // A code is good for one use: a reload must not send it again.
  history.replaceState(null, "", address.pathname);
  show({ status: "Signing you in ..." });
  await attempt(() => finishSignIn(contract, address, sessionStorage));
}

/** @param {() => Promise<unknown>} work */
async function attempt(work) {
  try {
    await work();
    showSession();
  } catch (error) {
    if (!(error instanceof SignInFailed)) throw error;
    show({ status: "You are not signed in.", problem: error.message, canSignIn: true });
  }
}

function showSession() {
  const session = currentSession(sessionStorage);
  if (session) show({ status: "You are signed in.", session });
  else show({ status: "You are not signed in.", canSignIn: true });
}

/** @param {{ status: string, problem?: string, session?: Session, canSignIn?: boolean }} view */
function show({ status, problem, session, canSignIn = false }) {
  element("status").textContent = status;
  element("problem").hidden = problem === undefined;
  element("problem-text").textContent = problem ?? "";
  element("sign-in").hidden = !canSignIn;
  element("sign-out").hidden = session === undefined;
  element("visitor").hidden = session === undefined;
  element("visitor").textContent = "Signed in";
  showFacts(session);
  showSteps();
}

/** @param {Session | undefined} session */
function showFacts(session) {
  const facts = session && {
    "You are": session.subject ?? "not named in the token",
    Until: session.expiresAt ? new Date(session.expiresAt).toLocaleTimeString() : "not said in the token",
  };
  element("session").hidden = facts === undefined;
  element("session").replaceChildren(
    ...Object.entries(facts ?? {}).flatMap(([name, value]) => [withText("dt", name), withText("dd", value)]),
  );
}

function showSteps() {
  const done = steps(sessionStorage);
  element("trace").hidden = done.length === 0;
  element("steps").replaceChildren(
    ...done.map(({ name, ok, detail }) => {
      const item = withText("li", `${name}: ${ok ? "done" : "failed"}, ${detail}`);
      item.classList.toggle("failed", !ok);
      return item;
    }),
  );
}

/**
 * @param {string} tag
 * @param {string} text
 */
function withText(tag, text) {
  return Object.assign(document.createElement(tag), { textContent: text });
}

/**
 * @param {string} id
 * @param {() => Promise<void>} work
 */
function onClick(id, work) {
  element(id).addEventListener("click", () => void work());
}

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element ${id}.`);
  return found;
}
