/** A browser without a screen: keeps cookies, follows redirects, fills in a form. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  /** Requests a page; redirects are left to the caller. */
  async open(url: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { ...init, headers: { cookie }, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = line.match(/^([^=]+)=([^;]*)/) ?? [];
      this.#cookies.set(name, value);
    }
    return response;
  }

  /** Follows redirects within the site of `url`; answers the page they end at, or where they leave the site. */
  async visit(url: string, init: RequestInit = {}): Promise<{ url: string; page?: string; status?: number }> {
    const response = await this.open(url, init);
    const location = response.headers.get("location");
    if (location === null) return { url, page: await response.text(), status: response.status };
    const next = new URL(location, url);
    return next.origin === new URL(url).origin ? this.visit(next.href) : { url: next.href };
  }

  /** Posts the form of the log-in page at `url`. */
  submit(url: string, fields: Record<string, string>) {
    return this.visit(url, { method: "POST", body: new URLSearchParams(fields) });
  }
}
