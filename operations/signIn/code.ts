import type { AuthorizationServer } from "oauth4webapi";
import type { PageContract } from "../../components/pageContract.ts";
import { redactor } from "../../providers/redaction.ts";
import { type Send, shownUrl } from "../http.ts";
import { type AuthorizeRequest, authorizeRequest } from "./authorizeRequest.ts";
import { Browser } from "./browser.ts";
import { discover, logIn, openLogin, readCallback } from "./provider.ts";
import type { StepRecorder } from "./steps.ts";
import { isPerson, nameOf, type Visitor } from "./visitor.ts";

/** A fresh code, and what is needed to redeem it, once. */
export interface ObtainedCode {
  provider: AuthorizationServer;
  request: AuthorizeRequest;
  /** Where the browser was sent back to. */
  callback: URL;
  code: string;
  /** The `iss` parameter of the callback (RFC 9207), when the provider sent one. */
  iss: string | undefined;
  /** Values that must not be shown. */
  secrets: readonly string[];
}

/** What the steps of a sign-in share. */
export interface SignInTools {
  send: Send;
  recorder: StepRecorder;
  signal: AbortSignal | undefined;
  /** `max_age` in seconds, for pages that ask for one. */
  maxAge?: number | undefined;
}

/**
 * Signs a visitor in at the identity provider, up to the code.
 *
 * @throws SignInError for the first step that failed
 */
export async function obtainCode(
  contract: PageContract,
  visitor: Visitor,
  { send, recorder, signal, maxAge }: SignInTools,
): Promise<ObtainedCode> {
  const wanted = isPerson(visitor) ? visitor.redirectUri : undefined;
  const request = await authorizeRequest(contract, wanted, maxAge);
  const { codeVerifier, nonce, state, redirectUri, url } = request;
  const password = isPerson(visitor) ? [] : [visitor.password];
  const secrets = [...password, codeVerifier, nonce, state];
  const redact = redactor(secrets);
  const browser = new Browser(send, redirectUri, redact);

  const provider = await recorder.take(
    "discovery",
    () => discover(contract, send),
    ({ issuer, authorization_endpoint }) => ({ issuer, authorizeUrl: authorization_endpoint }),
  );
  const arrival = await recorder.take(
    "authorize",
    () => openLogin(browser, request),
    (reached) => ({ reached: shownUrl("page" in reached ? reached.page.url : reached.callback) }),
  );
  const callback = await recorder.take(
    "login",
    () => {
      if (!isPerson(visitor)) return logIn(browser, arrival, visitor);
      // Sent back without a page to sign in at: the provider refuses, and need not be asked again.
      return "callback" in arrival ? arrival.callback : visitor.signIn(url, signal);
    },
    (reached) => ({ user: nameOf(visitor), reached: shownUrl(reached) }),
  );
  const { code, iss } = await recorder.take(
    "callback",
    () => readCallback(provider, { ...contract, redirectUri }, request, callback, redact),
    (answer) => ({ state: "as sent", iss: answer.iss }),
  );
  return { provider, request, callback, code, iss, secrets: [...secrets, code] };
}
