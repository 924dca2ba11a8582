import type { HTMLElement } from "node-html-parser";
import type { Form, Page } from "./browser.ts";
import type { Account } from "./visitor.ts";

/** The page's login form, filled in: the form with a password field. Undefined when there is none. */
export function loginForm(page: Page, { username, password }: Account): Form | undefined {
  const passwordField = page.root.querySelector("form input[type=password]");
  const element = passwordField?.closest("form");
  if (!passwordField || !element) return undefined;
  const form = formOf(page, element);
  const usernameField = element.querySelectorAll("input").filter(isTyped).findLast(isBefore(passwordField));
  if (usernameField) setField(form, usernameField, username);
  setField(form, passwordField, password);
  return form;
}

/** A page's only form, as pressing Enter would send it: for a question such as "Allow access?". */
export function onlyForm(page: Page): Form | undefined {
  const [element, ...others] = page.root.querySelectorAll("form");
  return element && others.length === 0 ? formOf(page, element) : undefined;
}

/** Whether a visitor can go on from this page by anything but turning back. */
export function leadsOn({ root }: Page): boolean {
  return (
    root.querySelector("form, input, button, a[href], script, iframe, meta[http-equiv=refresh]") !== null
  );
}

function formOf(page: Page, element: HTMLElement): Form {
  const fields = new URLSearchParams();
  for (const input of element.querySelectorAll("input, textarea")) {
    const [name, value] = [input.getAttribute("name"), input.getAttribute("value")];
    if (name && isSent(input)) fields.append(name, value ?? (isCheckable(input) ? "on" : ""));
  }
  const button = element.querySelector("button[type=submit], input[type=submit], button:not([type])");
  const buttonName = button?.getAttribute("name");
  if (buttonName) fields.append(buttonName, button?.getAttribute("value") ?? "");
  return {
    action: new URL(element.getAttribute("action") || page.url, page.url),
    method: element.getAttribute("method")?.toUpperCase() === "POST" ? "POST" : "GET",
    fields,
  };
}

function setField(form: Form, input: HTMLElement, value: string): void {
  const name = input.getAttribute("name");
  if (name) form.fields.set(name, value);
}

const typeOf = (input: HTMLElement) => input.getAttribute("type")?.toLowerCase() ?? "text";
const isTyped = (input: HTMLElement) => ["text", "email", "tel"].includes(typeOf(input));
const isCheckable = (input: HTMLElement) => ["checkbox", "radio"].includes(typeOf(input));

const isBefore = (other: HTMLElement) => (input: HTMLElement) => input.range[0] < other.range[0];

/** Buttons are sent only when pressed, boxes only when ticked. */
function isSent(input: HTMLElement): boolean {
  if (input.hasAttribute("disabled")) return false;
  if (isCheckable(input)) return input.hasAttribute("checked");
  return !["submit", "button", "image", "reset", "file"].includes(typeOf(input));
}
