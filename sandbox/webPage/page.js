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
/** @import { Message, Session, Step } from "./signIn.js" */

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
  onClick("sign-out", async () => {
    await attempt("Your sign-out was not confirmed", () => signOut(contract, sessionStorage));
    // The button that had the focus is gone.
    element("sign-in").focus();
  });
  const address = new URL(location.href);
  if (!isCallback(address)) return showSession();
  // A code is good for one use: a reload must not send it again.
  history.replaceState(null, "", address.pathname);
  show({ status: "Signing you in …" });
  await attempt("We could not sign you in", () => finishSignIn(contract, address, sessionStorage));
}

/**
 * @param {string} failure what a visitor is told above the reason
 * @param {() => Promise<unknown>} work
 */
async function attempt(failure, work) {
  try {
    await work();
    showSession();
  } catch (error) {
    if (!(error instanceof SignInFailed)) throw error;
    const problem = { title: failure, text: error.message };
    show({ status: "You are not signed in.", problem, canSignIn: true });
  }
}

function showSession() {
  const session = currentSession(sessionStorage);
  if (session) show({ status: "You are signed in.", session });
  else show({ status: "You are not signed in.", canSignIn: true });
}

/**
 * @param {object} view
 * @param {string} view.status
 * @param {{ title: string, text: string }} [view.problem]
 * @param {Session} [view.session]
 * @param {boolean} [view.canSignIn]
 */
function show({ status, problem, session, canSignIn = false }) {
  element("status").textContent = status;
  element("problem").hidden = problem === undefined;
  element("problem-title").textContent = problem?.title ?? "";
  element("problem-text").textContent = problem?.text ?? "";
  element("sign-in").hidden = !canSignIn;
  element("conversation").hidden = session === undefined;
  element("session").replaceChildren(...(session ? facts(session) : []));
  showSteps();
}

/** @param {Session} session */
function facts({ subject, expiresAt }) {
  const until = expiresAt ? new Date(expiresAt).toLocaleTimeString() : "not said in the token";
  return [
    withText("dt", "You are"),
    withText("dd", subject ?? "not named in the token"),
    withText("dt", "Until"),
    withText("dd", until),
  ];
}

function showSteps() {
  const done = steps(sessionStorage);
  element("trace").hidden = done.length === 0;
  element("steps").replaceChildren(...done.map(stepItem));
}

/** @param {Step} step */
function stepItem({ name, ok, detail, request, answer, contextId }) {
  const outcome = withText("strong", ok ? "done" : "failed");
  outcome.className = ok ? "good" : "bad";
  const summary = document.createElement("summary");
  summary.append(`${name}: `, outcome, `, ${detail}`);
  const details = document.createElement("details");
  details.open = !ok;
  details.append(summary, ...messageParts("Request", request), ...messageParts("Answer", answer));
  if (contextId)
    details.append(withText("h3", "contextId, for the support of Genesys"), withText("pre", contextId));
  const item = document.createElement("li");
  item.append(details);
  return item;
}

/**
 * @param {string} title
 * @param {Message | undefined} message
 */
function messageParts(title, message) {
  if (message === undefined) return [];
  const { line, content } = message;
  const text = typeof content === "string" ? content : JSON.stringify(content, null, 2);
  return [withText("h3", title), withText("pre", [line, text].filter(Boolean).join("\n"))];
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
