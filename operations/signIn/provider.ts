import * as oauth from "oauth4webapi";
import type { PageContract } from "../../components/pageContract.ts";
import { CodedError } from "../../providers/errors.ts";
import type { Redact } from "../../providers/redaction.ts";
import { isTooBusy, type Send, shownUrl, unavailable } from "../http.ts";
import type { AuthorizeRequest } from "./authorizeRequest.ts";
import { type Arrival, type Browser, type Page, wording } from "./browser.ts";
import { leadsOn, loginForm, onlyForm } from "./loginForm.ts";
import type { Account } from "./visitor.ts";

/** After the login form a provider may ask for consent and the like. */
const mostQuestions = 3;

/**
 * The provider's discovery document, which must agree with the page contract.
 *
 * @throws CodedError SIGN_IN_DISCOVERY_ODD, SIGN_IN_AUTHORIZE_URL_DIFFERS, SIGN_IN_UNAVAILABLE
 */
export async function discover(contract: PageContract, send: Send): Promise<oauth.AuthorizationServer> {
  const { url, status, headers, text } = await send(contract.discoveryUrl);
  if (isTooBusy({ status })) throw unavailable({ url, status, headers }, {});
  const response = new Response(text || null, { status, headers });
  const provider = await oauth
    .processDiscoveryResponse(new URL(contract.issuer), response)
    .catch((error: Error) => {
      throw new CodedError({
        code: "SIGN_IN_DISCOVERY_ODD",
        what: "The discovery URL does not lead to the discovery document of the expected identity provider.",
        evidence: {
          url: shownUrl(url),
          status,
          "content type": headers.get("content-type") ?? "none",
          "expected issuer": contract.issuer,
          reason: error.message,
        },
        next: "Use the discovery URL of the very host that visitors log in at: My Domain, sandbox or Experience Cloud site.",
      });
    });
  if (provider.authorization_endpoint === contract.authorizeUrl) return provider;
  throw new CodedError({
    code: "SIGN_IN_AUTHORIZE_URL_DIFFERS",
    what: "The page contract sends visitors to another address than the discovery document names.",
    evidence: { contract: contract.authorizeUrl, discovery: provider.authorization_endpoint },
    next: "Run `pulumi up`, then give the web page the new page contract.",
  });
}

/**
 * Follows the authorize request to the login form, or straight to the callback where no login is needed. Where another
 * host takes over, such as a company's own login, only that host knows what its pages mean.
 *
 * @throws CodedError SIGN_IN_AUTHORIZE_REFUSED, SIGN_IN_REDIRECT_LOOP, SIGN_IN_UNAVAILABLE
 */
export async function openLogin(browser: Browser, { url }: AuthorizeRequest): Promise<Arrival> {
  const arrival = await browser.open(url);
  if ("page" in arrival && arrival.page.url.origin === url.origin) refuseErrorPage(arrival.page);
  return arrival;
}

/**
 * Fills in the login form and says yes to what the provider asks after it.
 *
 * @throws CodedError SIGN_IN_NO_LOGIN_FORM, SIGN_IN_LOGIN_REFUSED, SIGN_IN_LOGIN_UNFINISHED, SIGN_IN_AUTHORIZE_REFUSED, SIGN_IN_UNAVAILABLE
 */
export async function logIn(browser: Browser, arrival: Arrival, account: Account): Promise<URL> {
  if ("callback" in arrival) return arrival.callback;
  refuseErrorPage(arrival.page);
  const login = loginForm(arrival.page, account);
  if (!login) throw noLoginForm(arrival.page);
  let answer = await browser.submit(login);
  for (let questions = 0; "page" in answer; questions++) {
    if (loginForm(answer.page, account)) throw loginRefused(answer.page);
    refuseErrorPage(answer.page);
    refuseDeadEnd(answer.page);
    const question = onlyForm(answer.page);
    if (!question || questions === mostQuestions) throw loginUnfinished(answer.page);
    answer = await browser.submit(question);
  }
  return answer.callback;
}

/**
 * Checks the callback as the page would: state, issuer, and that it brings a code.
 *
 * @throws CodedError SIGN_IN_STATE_DIFFERS, SIGN_IN_AUTHORIZE_REFUSED, SIGN_IN_CALLBACK_ODD
 */
export function readCallback(
  provider: oauth.AuthorizationServer,
  contract: PageContract,
  request: AuthorizeRequest,
  callback: URL,
  redact: Redact,
): { code: string; iss: string | undefined } {
  if (callback.searchParams.get("state") !== request.state) throw stateDiffers(callback);
  try {
    const client = { client_id: contract.clientId };
    const answer = oauth.validateAuthResponse(provider, client, callback, request.state);
    return { code: answer.get("code") ?? missing("code"), iss: answer.get("iss") ?? undefined };
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) throw refusedByCallback(error, contract, redact);
    throw new CodedError({
      code: "SIGN_IN_CALLBACK_ODD",
      what: "The identity provider sent the visitor back without a usable answer.",
      evidence: { reason: redact(error instanceof Error ? error.message : String(error)) },
      next: "See that the issuer in the page contract is the one that visitors log in at.",
    });
  }
}

function missing(name: string): never {
  throw new Error(`the callback has no ${name}`);
}

function stateDiffers(callback: URL): CodedError {
  return new CodedError({
    code: "SIGN_IN_STATE_DIFFERS",
    what: "The identity provider sent the visitor back with another `state` than was sent.",
    evidence: {
      callback: shownUrl(callback),
      state: callback.searchParams.has("state") ? "another" : "none",
    },
    next: "Something between the page and the provider changes the request: look for a proxy or a custom login page.",
  });
}

function refusedByCallback(
  error: oauth.AuthorizationResponseError,
  { clientId, redirectUri, scopes }: PageContract,
  redact: Redact,
): CodedError {
  return new CodedError({
    code: "SIGN_IN_AUTHORIZE_REFUSED",
    what: "The identity provider refused the authorize request.",
    evidence: {
      error: error.error,
      description: error.error_description && redact(error.error_description),
      clientId,
      redirectUri,
      scopes: scopes.join(" "),
    },
    next: "See that the app has these scopes, allows the code flow and PKCE, and lets this user in.",
  });
}

function refuseErrorPage(page: Page): void {
  const { url, status } = page;
  if (status < 400) return;
  const said = { "page says": wording(page) };
  if (isTooBusy(page)) throw unavailable({ url, status, headers: new Headers() }, said);
  throw new CodedError({
    code: "SIGN_IN_AUTHORIZE_REFUSED",
    what: "The identity provider answered the authorize request with an error page.",
    evidence: { url: shownUrl(url), status, ...said },
    next: "See that the client id exists there and that the redirect URI equals a callback URL of the app, every character.",
  });
}

/** A provider that asks for more gives the visitor something to answer with. */
function refuseDeadEnd(page: Page): void {
  if (leadsOn(page)) return;
  const { url, status } = page;
  throw unavailable({ url, status, headers: new Headers() }, { "page says": wording(page) });
}

function noLoginForm(page: Page): CodedError {
  return stoppedAt(page, {
    code: "SIGN_IN_NO_LOGIN_FORM",
    what: "The identity provider shows a page that this check cannot fill in: it knows plain HTML forms only.",
    next: "Check with a user who logs in by name and password alone, or sign in yourself: `npx amsg sign-in --browser`.",
  });
}

function loginUnfinished(page: Page): CodedError {
  return stoppedAt(page, {
    code: "SIGN_IN_LOGIN_UNFINISHED",
    what: "After user name and password the identity provider asks for something that this check cannot give.",
    next: "Check with a user without second factor, or sign in yourself: `npx amsg sign-in --browser`.",
  });
}

function loginRefused(page: Page): CodedError {
  return stoppedAt(page, {
    code: "SIGN_IN_LOGIN_REFUSED",
    what: "The identity provider did not accept the user name and password.",
    next: "Sign in by hand in a private browser window with the same user name and password.",
  });
}

function stoppedAt(page: Page, parts: { code: string; what: string; next: string }): CodedError {
  const { url, status } = page;
  return new CodedError({
    ...parts,
    evidence: { url: shownUrl(url), status, "page says": wording(page) },
  });
}
