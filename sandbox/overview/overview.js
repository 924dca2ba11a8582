/** @import { FaultStatus } from "../faults/faults.ts" */
/** @import { Chain, MemberView } from "./members.ts" */
/** @import { OrgView, Overview, RequestView } from "./server.ts" */

const everyMs = 1_000;
const faultsPath = "/_sandbox/faults";
const kinds = { transport: "On the way", set: "In the set", ghost: "Ghosts" };

/** What is on the page of a fault. @type {Map<string, { label: HTMLLabelElement, input: HTMLInputElement, note: HTMLElement }>} */
const switches = new Map();
let shown = "";

element("all-off").addEventListener("click", () => void act(() => ask("DELETE", faultsPath)));
element("find").addEventListener("input", find);
await refresh();
showAgain();

/** Looks again and again, as long as somebody is looking. */
function showAgain() {
  setTimeout(async () => {
    if (!document.hidden) await refresh();
    showAgain();
  }, everyMs);
}

async function refresh() {
  try {
    const [overview, { faults }] = await Promise.all([
      ask("GET", "/_sandbox/overview"),
      ask("GET", faultsPath),
    ]);
    showFaults(faults);
    showOverview(overview);
    element("status").textContent = "Shows what is now.";
  } catch {
    element("status").textContent = "The sandbox does not answer. Is it still running?";
  }
}

/** @param {Overview} overview */
function showOverview(overview) {
  const { org, otherOrgs, orgs, chains, requests } = overview;
  // What has not changed stays: somebody may have marked a text in it.
  const text = JSON.stringify(overview);
  if (text === shown) return;
  shown = text;
  element("org").textContent = org;
  const company = tag("a", { href: "/" }, "The company's page");
  element("pages").replaceChildren(company, ...otherOrgs.map(orgLink));
  element("orgs").replaceChildren(...orgs.map(orgItem));
  const nothing = tag("p", {}, "None yet. `npm start` builds a set.");
  element("chains").replaceChildren(...(chains.length > 0 ? chains.map(chainList) : [nothing]));
  element("requests").replaceChildren(...requests.map(requestItem));
}

/** @param {{ org: string, url: string }} other */
function orgLink({ org, url }) {
  return tag("a", { href: url }, `Org ${org}`);
}

/** @param {OrgView} org */
function orgItem({ vendor, url, objects }) {
  const counts = Object.entries(objects).map(([kind, count]) => `${kind}: ${count}`);
  return tag(
    "li",
    { className: "card" },
    tag("h3", {}, vendor),
    tag("p", {}, url),
    tag("p", { className: "quiet-text" }, counts.join(", ")),
  );
}

/** @param {Chain} chain */
function chainList(chain) {
  return tag("ol", { className: "chain" }, ...chain.map(memberItem));
}

/** @param {MemberView} member */
function memberItem({ kind, name, id, state, ok, link }) {
  const card = tag(
    "div",
    { className: `card member ${ok ? "" : "broken"}` },
    tag("h3", {}, kind === "page" ? "web page" : kind),
    tag("p", {}, name),
    tag("p", { className: ok ? "good" : "bad" }, state),
    tag("p", { className: "id quiet-text" }, id),
  );
  if (!link) return tag("li", {}, card);
  return tag("li", {}, tag("p", { className: `link ${link.ok ? "quiet-text" : "bad"}` }, link.text), card);
}

/** @param {RequestView} request */
function requestItem({ at, vendor, method, path, status }) {
  const outcome = status === 0 ? "broken off" : String(status);
  return tag(
    "li",
    {},
    tag("span", {}, new Date(at).toLocaleTimeString("en-GB")),
    tag("span", {}, vendor),
    tag("span", {}, `${method} ${path}`),
    tag("span", { className: status === 0 || status >= 400 ? "bad" : "good" }, outcome),
  );
}

/** @param {FaultStatus[]} faults */
function showFaults(faults) {
  if (switches.size === 0) addSwitches(faults);
  for (const { name, on } of faults) {
    const { input, note } = switches.get(name) ?? missing(name);
    input.checked = on !== undefined;
    note.textContent = on ? activity(on) : "";
  }
  const active = faults.filter(({ on }) => on).map(({ name }) => name);
  element("active").textContent = active.length > 0 ? `On: ${active.join(", ")}` : "None is on.";
  /** @type {HTMLButtonElement} */ (element("all-off")).disabled = active.length === 0;
}

/** @param {NonNullable<FaultStatus["on"]>} on */
function activity({ options, matched, struck }) {
  const set = Object.entries(options).map(([name, value]) => `${name} ${value}`);
  const done = matched > 0 ? [`struck ${struck} of ${matched} requests`] : [];
  return ["On", ...set, ...done].join(", ");
}

/** @param {FaultStatus[]} faults */
function addSwitches(faults) {
  for (const [kind, title] of Object.entries(kinds)) {
    const ofKind = faults.filter((fault) => fault.kind === kind);
    const open = ofKind.some(({ on }) => on);
    const group = tag(
      "details",
      { open },
      tag("summary", {}, `${title}: ${ofKind.length}`),
      ...ofKind.map(faultSwitch),
    );
    element("faults").append(group);
  }
}

/** @param {FaultStatus} fault */
function faultSwitch({ name, seen, cause, member }) {
  const input = /** @type {HTMLInputElement} */ (tag("input", { type: "checkbox", role: "switch" }));
  const note = tag("span", { className: "bad" });
  const about = [cause, member].filter(Boolean).join(", ");
  const title = tag("span", {}, tag("strong", {}, name), about && ` (${about})`);
  const label = tag("label", {}, input, title, tag("span", { className: "quiet-text" }, seen), note);
  input.addEventListener(
    "change",
    () => void act(() => ask(input.checked ? "PUT" : "DELETE", `${faultsPath}/${name}`)),
  );
  switches.set(name, { label: /** @type {HTMLLabelElement} */ (label), input, note });
  return label;
}

/**
 * Does what a person asked for, and shows what came of it.
 *
 * @param {() => Promise<unknown>} work
 */
async function act(work) {
  try {
    await work();
    element("fault-problem").hidden = true;
  } catch (error) {
    element("fault-problem").textContent = error instanceof Error ? error.message : String(error);
    element("fault-problem").hidden = false;
  }
  await refresh();
}

/** Shows the faults in which every word occurs, and opens their groups. */
function find() {
  const words = /** @type {HTMLInputElement} */ (element("find")).value.toLowerCase().split(" ");
  for (const { label } of switches.values()) {
    const text = label.textContent?.toLowerCase() ?? "";
    label.hidden = !words.every((word) => text.includes(word));
  }
  for (const group of document.querySelectorAll("details")) group.open = words.join("") !== "";
}

/**
 * @param {string} method
 * @param {string} path
 */
async function ask(method, path) {
  const content = method === "PUT" && { headers: { "content-type": "application/json" }, body: "{}" };
  const response = await fetch(path, { method, ...content, signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  const answer = text === "" ? undefined : JSON.parse(text);
  if (response.ok) return answer;
  const { what = `The sandbox answered ${response.status}.`, evidence, next } = answer?.error ?? {};
  throw new Error([what, evidence, next].filter(Boolean).join(" "));
}

/**
 * @param {string} name
 * @param {Partial<HTMLElement> & { type?: string, open?: boolean, href?: string }} properties
 * @param {(Node | string | undefined)[]} children
 */
function tag(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** @param {string} id */
function element(id) {
  return document.getElementById(id) ?? missing(id);
}

/**
 * @param {string} name
 * @returns {never}
 */
function missing(name) {
  throw new Error(`The page has no ${name}.`);
}
