import type { IncomingMessage, ServerResponse } from "node:http";
import { CodedError } from "../../providers/errors.ts";
import type { RedirectAddress } from "./redirectAddress.ts";
import type { Person } from "./visitor.ts";

export interface InBrowserOptions {
  /** How long the person has, in milliseconds. */
  withinMs: number;
  /** Shows the person where to sign in: opens a browser, or prints the address. */
  show: (authorizeUrl: URL) => void;
}

/** Somebody who signs in at a browser on this machine, which is then sent back to `address`. */
export function inBrowser(address: RedirectAddress, { withinMs, show }: InBrowserOptions): Person {
  return {
    how: "in a browser",
    redirectUri: address.redirectUri,
    async signIn(authorizeUrl, signal) {
      const awaited = callbackAt(address, authorizeUrl, withinMs, signal);
      show(authorizeUrl);
      return awaited;
    },
  };
}

function callbackAt(
  { server, redirectUri }: RedirectAddress,
  authorizeUrl: URL,
  withinMs: number,
  signal: AbortSignal | undefined,
): Promise<URL> {
  const { promise, resolve, reject } = Promise.withResolvers<URL>();
  const state = authorizeUrl.searchParams.get("state");
  let strangers = 0;
  const take = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", redirectUri);
    if (request.method !== "GET" || url.pathname !== new URL(redirectUri).pathname) {
      return answer(response, 404, "Nothing here", "This address only waits for a sign-in to come back.");
    }
    if (url.searchParams.get("state") !== state) {
      strangers++;
      return answer(
        response,
        400,
        "Another sign-in",
        "This answer belongs to another sign-in; go on with yours.",
      );
    }
    const said = url.searchParams.has("code") ? "You are signed in" : "The sign-in was refused";
    answer(response, 200, said, "Go back to the terminal: the check goes on there. You can close this page.");
    resolve(url);
  };
  const timer = setTimeout(() => reject(nobodyCame(redirectUri, withinMs, strangers)), withinMs);
  const end = () => reject(signal?.reason);
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();
  server.on("request", take);
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
    server.off("request", take);
  });
}

/** A page that needs nothing else, and is kept nowhere: its address has the code in it. */
function answer(response: ServerResponse, status: number, title: string, text: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    connection: "close",
  });
  response.end(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1rem }</style>
<h1>${title}</h1>
<p>${text}</p>
</html>
`);
}

function nobodyCame(redirectUri: string, withinMs: number, strangers: number): CodedError {
  return new CodedError({
    code: "SIGN_IN_NOBODY_CAME",
    what: `Nobody came back from the identity provider within ${Math.round(withinMs / 1_000)} s.`,
    evidence: { "waited at": redirectUri, "answers of other sign-ins": strangers || undefined },
    next: "Run the command again and sign in at the address that it shows; --wait gives more time.",
  });
}
