import { type HTMLElement, parse } from "node-html-parser";
import { CookieJar } from "tough-cookie";
import { CodedError } from "../../providers/errors.ts";
import { beginningOf, type Redact } from "../../providers/redaction.ts";
import { type Answer, type Send, shownUrl } from "../http.ts";

/** A login takes a handful of redirects; more than these are a loop. */
const mostRedirects = 20;

/** A page that a visitor sees. */
export interface Page {
  url: URL;
  status: number;
  root: HTMLElement;
  /** It may repeat what the visitor has sent. */
  redact: Redact;
}

/** Where a journey through redirects ended: on a page, or at the address that it was meant to lead to. */
export type Arrival = { page: Page } | { callback: URL };

/** A form with what it would send. */
export interface Form {
  action: URL;
  method: "GET" | "POST";
  fields: URLSearchParams;
}

/**
 * The part of a web browser that a sign-in needs: cookies, redirects and plain HTML forms, no scripts.
 * It never requests `destination`: the answer for the web page is read off the address, as the page would.
 */
export class Browser {
  readonly #cookies = new CookieJar();
  readonly #send: Send;
  readonly #destination: URL;
  readonly #redact: Redact;

  constructor(send: Send, destination: string, redact: Redact) {
    this.#send = send;
    this.#destination = new URL(destination);
    this.#redact = redact;
  }

  async open(url: URL): Promise<Arrival> {
    return this.#follow(url, { method: "GET" });
  }

  async submit({ action, method, fields }: Form): Promise<Arrival> {
    if (method === "POST") return this.#follow(action, { method, body: fields });
    const url = new URL(action);
    url.search = fields.toString();
    return this.#follow(url, { method });
  }

  async #follow(first: URL, request: RequestInit): Promise<Arrival> {
    let [url, init] = [first, request];
    for (let redirects = 0; redirects <= mostRedirects; redirects++) {
      if (this.#isDestination(url)) return { callback: url };
      const response = await this.#request(url, init);
      const location = response.headers.get("location");
      if (response.status < 300 || response.status >= 400 || location === null) {
        return { page: { url, status: response.status, root: parse(response.text), redact: this.#redact } };
      }
      url = new URL(location, url);
      if (response.status !== 307 && response.status !== 308) init = { method: "GET" };
    }
    throw new CodedError({
      code: "SIGN_IN_REDIRECT_LOOP",
      what: `More than ${mostRedirects} redirects followed each other.`,
      evidence: { "last address": shownUrl(url) },
      next: "Sign in by hand in a private browser window to see where it goes round.",
    });
  }

  async #request(url: URL, init: RequestInit): Promise<Answer> {
    const cookie = await this.#cookies.getCookieString(url.href);
    const response = await this.#send(url, { ...init, headers: cookie ? { cookie } : {} });
    for (const line of response.headers.getSetCookie()) await this.#cookies.setCookie(line, url.href);
    return response;
  }

  #isDestination(url: URL): boolean {
    return url.origin === this.#destination.origin && url.pathname === this.#destination.pathname;
  }
}

/** What a page says, for people: the beginning of its text, without secrets. */
export function wording({ root, redact }: Page): string {
  for (const unseen of root.querySelectorAll("script, style, template")) unseen.remove();
  const text = (root.querySelector("body") ?? root).textContent;
  return beginningOf(text.replace(/\s+/g, " ").trim(), redact, 200);
}
