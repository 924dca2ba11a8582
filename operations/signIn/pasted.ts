import { CodedError } from "../../providers/errors.ts";
import type { Person } from "./visitor.ts";

/** Asks for the address at which the browser ended, having shown where to sign in. */
export type Ask = (authorizeUrl: URL, signal: AbortSignal | undefined) => Promise<string>;

/**
 * Somebody who signs in at any browser, perhaps on another machine, and pastes the address at which it ended.
 *
 * @param redirectUri a callback URL of the app, best one that nothing answers at: a web page would use up the code
 */
export function pasted(redirectUri: string, ask: Ask): Person {
  return {
    how: "by a pasted address",
    redirectUri,
    async signIn(authorizeUrl, signal) {
      return callbackIn(await ask(authorizeUrl, signal), redirectUri);
    },
  };
}

function callbackIn(text: string, redirectUri: string): URL {
  const url = URL.parse(text.trim());
  const expected = new URL(redirectUri);
  const isCallback = url?.origin === expected.origin && url.pathname === expected.pathname;
  if (isCallback && (url.searchParams.has("code") || url.searchParams.has("error"))) return url;
  throw new CodedError({
    code: "SIGN_IN_ADDRESS_UNUSABLE",
    what: "What was pasted is not the address of a browser that came back from the identity provider.",
    evidence: {
      pasted: url ? `${url.origin}${url.pathname}` : `${text.trim().length} characters that are no address`,
      parameters: url ? [...url.searchParams.keys()].join(" ") || "none" : undefined,
      expected: `${redirectUri}?code=…&state=…`,
    },
    next:
      "Copy the whole address at once after the sign-in, before a page changes it. If the web page itself answers " +
      "there, name a callback URL by --redirect-uri at which nothing does.",
  });
}
