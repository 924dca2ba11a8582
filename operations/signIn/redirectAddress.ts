import { createServer, type Server } from "node:http";
import { CodedError } from "../../providers/errors.ts";

/** A callback URL of the app on this machine, listened at. */
export interface RedirectAddress {
  redirectUri: string;
  server: Server;
}

/**
 * Listens at the first of the app's callback URLs that leads to this machine and is free. Salesforce takes a redirect
 * URI to the letter, port included, so that no other port will do.
 *
 * @param wanted the only one to try
 * @throws CodedError SIGN_IN_NO_REDIRECT_ADDRESS
 */
export async function listenAtCallback(
  callbackUrls: readonly string[],
  wanted?: string,
): Promise<RedirectAddress> {
  const tried: string[] = [];
  for (const redirectUri of callbackUrls.filter((url) => wanted === undefined || url === wanted)) {
    const reason = isLoopback(redirectUri) ? await listen(redirectUri) : "not http on this machine";
    if (typeof reason !== "string") return { redirectUri, server: reason };
    tried.push(`${redirectUri} (${reason})`);
  }
  throw noAddress(callbackUrls, wanted, tried);
}

/** The first of the app's callback URLs that leads to this machine and at which nothing answers. */
export async function freeCallback(callbackUrls: readonly string[]): Promise<string | undefined> {
  for (const redirectUri of callbackUrls.filter(isLoopback)) {
    const server = await listen(redirectUri);
    if (typeof server === "string") continue;
    server.close();
    return redirectUri;
  }
  return undefined;
}

/** Whether an address leads to this machine by plain http, which alone can be listened at without a certificate. */
export function isLoopback(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
}

/** The server, or why there is none. */
function listen(redirectUri: string): Promise<Server | string> {
  const { hostname, port } = new URL(redirectUri);
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", ({ code, message }: NodeJS.ErrnoException) =>
      resolve(code === "EADDRINUSE" ? "something else listens there" : (code ?? message)),
    );
    server.listen(Number(port || 80), hostname.replace(/[[\]]/g, ""), () => resolve(server));
  });
}

function noAddress(callbackUrls: readonly string[], wanted: string | undefined, tried: readonly string[]) {
  const isForeign = wanted !== undefined && !callbackUrls.includes(wanted);
  return new CodedError({
    code: "SIGN_IN_NO_REDIRECT_ADDRESS",
    what: isForeign
      ? "The redirect address is none of the app's callback URLs: Salesforce would refuse it."
      : "None of the app's callback URLs can be listened at on this machine.",
    evidence: isForeign
      ? { "redirect address": wanted, "callback URLs": callbackUrls.join(" ") }
      : { "callback URLs": tried.join(", ") },
    next:
      "Add one such as http://127.0.0.1:18083/signed-in at the end of `callbackUrls`, and run `npx pulumi up`; " +
      "or sign in with --paste, which needs none.",
  });
}
