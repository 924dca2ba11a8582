import * as oauth from "oauth4webapi";
import { z } from "zod";
import { CodedError, type Evidence } from "../../providers/errors.ts";
import { redactor } from "../../providers/redaction.ts";
import {
  type Answer,
  insistently,
  isSuccess,
  jsonOf,
  ofApi,
  type Send,
  shownUrl,
  unavailable,
} from "../http.ts";
import type { ObtainedCode } from "./code.ts";
import type { DeployedClient } from "./deployedClient.ts";

/** How a client may prove itself with a secret (OpenID Connect Core 1.0, section 9). */
export const secretMethods = ["client_secret_basic", "client_secret_post"] as const;
export type SecretMethod = (typeof secretMethods)[number];

const tokenAnswer = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
});
export type ProviderTokens = z.infer<typeof tokenAnswer>;

const errorAnswer = z.object({ error: z.string(), error_description: z.string().optional() });

/** What a refused token request said, without any secret. */
export interface Refusal {
  /** The provider's code, or the status where it gave none. */
  error: string;
  description: string | undefined;
}

/** A code to be redeemed, which may be none: then only the answer counts. */
export type Redeemable = Pick<ObtainedCode, "provider" | "request" | "callback" | "secrets">;

/** The methods that the discovery document offers; one without the list means basic (RFC 8414). */
export function offeredMethods(provider: oauth.AuthorizationServer): SecretMethod[] {
  const offered = provider.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return secretMethods.filter((method) => offered.includes(method));
}

/**
 * Redeems a code at the identity provider itself, as Genesys does.
 *
 * @throws CodedError SIGN_IN_CLIENT_METHOD_UNSUPPORTED, SIGN_IN_REDEMPTION_REFUSED, SIGN_IN_REDEMPTION_ODD, SIGN_IN_UNAVAILABLE
 */
export async function redeem(
  obtained: Redeemable,
  client: DeployedClient,
  send: Send,
): Promise<ProviderTokens> {
  const [method] = offeredMethods(obtained.provider);
  if (method === undefined) throw methodUnsupported(obtained.provider);
  const answer = await requestTokens(obtained, client, method, send);
  if (!isSuccess(answer)) throw refused(answer, client, obtained);
  const tokens = tokenAnswer.safeParse(jsonOf(answer));
  if (tokens.success) return tokens.data;
  throw new CodedError({
    code: "SIGN_IN_REDEMPTION_ODD",
    what: "Salesforce answered the code with success, but gave no access token.",
    evidence: {
      url: shownUrl(answer.url),
      status: answer.status,
      lacks: tokens.error.issues.map(({ path }) => path.join(".")).join(", "),
    },
    next: "See that the discovery URL leads to the Salesforce org that visitors sign in at.",
  });
}

/**
 * The answer of the token endpoint to one code, whatever it is.
 *
 * @throws VendorError SIGN_IN_UNAVAILABLE when it is none of a token endpoint
 */
export async function requestTokens(
  { provider, request, callback }: Redeemable,
  { clientId, clientSecret }: DeployedClient,
  method: SecretMethod,
  send: Send,
): Promise<Answer> {
  const client = { client_id: clientId };
  const parameters = oauth.validateAuthResponse(provider, client, callback, request.state);
  const { redirectUri, codeVerifier } = request;
  const { answer, options } = sendingBy(send);
  const proof = proofBy(method, clientSecret);
  await oauth.authorizationCodeGrantRequest(
    provider,
    client,
    proof,
    parameters,
    redirectUri,
    codeVerifier,
    options,
  );
  return ofTokenEndpoint(answer());
}

/** A token endpoint speaks JSON, in its errors too (RFC 6749, section 5). */
function ofTokenEndpoint(answer: Answer): Answer {
  const body = jsonOf(answer);
  if (typeof body === "object" && body !== null) return answer;
  throw unavailable(answer, { "content type": answer.headers.get("content-type") ?? "none" });
}

/**
 * Gives tokens back. Salesforce ends the access tokens of a refresh token along with it ("Revoking OAuth Tokens").
 * A request whose answer was lost may have done it; then 400 says so to the next.
 *
 * @throws CodedError SIGN_IN_DIRECT_REVOKE_REFUSED, SIGN_IN_UNAVAILABLE
 */
export async function revoke(
  provider: oauth.AuthorizationServer,
  { clientId, clientSecret }: DeployedClient,
  { access_token, refresh_token }: ProviderTokens,
  send: Send,
): Promise<{ token: string; status: number }> {
  const token = refresh_token === undefined ? "access token" : "refresh token";
  if (provider.revocation_endpoint === undefined) throw notRevoked(token, { revocation_endpoint: "none" });
  const [method = "client_secret_basic"] = offeredMethods(provider);
  const { answer: last, repeated } = await insistently(async () => {
    const { answer, options } = sendingBy(send);
    const proof = proofBy(method, clientSecret);
    const client = { client_id: clientId };
    await oauth.revocationRequest(provider, client, proof, refresh_token ?? access_token, options);
    return answer();
  });
  const { url, status } = last;
  if (isSuccess(last) || (repeated && status === 400)) return { token, status };
  throw notRevoked(token, { url: shownUrl(url), status });
}

/** The tokens of an answer, if it gave any. */
export function tokensIn(answer: Answer): ProviderTokens | undefined {
  return isSuccess(answer) ? tokenAnswer.safeParse(jsonOf(answer)).data : undefined;
}

/** What an answer refuses, if it does. Providers repeat in their words what they were sent. */
export function refusalIn(
  answer: Answer,
  { secrets }: Redeemable,
  { clientSecret }: DeployedClient,
): Refusal | undefined {
  if (isSuccess(answer)) return undefined;
  const redact = redactor([...secrets, clientSecret]);
  const said = errorAnswer.safeParse(jsonOf(answer)).data;
  return {
    error: redact(said?.error ?? `status ${answer.status}`),
    description: said?.error_description && redact(said.error_description),
  };
}

function proofBy(method: SecretMethod, secret: string): oauth.ClientAuth {
  return method === "client_secret_basic" ? oauth.ClientSecretBasic(secret) : oauth.ClientSecretPost(secret);
}

/** Has the library send by `send`, and keeps the answer. */
function sendingBy(send: Send) {
  let kept: Answer | undefined;
  const options: oauth.TokenEndpointRequestOptions = {
    // Plain http, as of the sandbox: which addresses are right is the program's business.
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: async (url, { method, headers, body }) => {
      kept = ofApi(await send(url, { method, headers, body }));
      return new Response(kept.text || null, { status: kept.status, headers: kept.headers });
    },
  };
  const answer = () => {
    if (kept === undefined) throw new Error("The request was not sent.");
    return kept;
  };
  return { options, answer };
}

function refused(answer: Answer, client: DeployedClient, obtained: Redeemable): CodedError {
  const said = refusalIn(answer, obtained, client);
  return new CodedError({
    code: "SIGN_IN_REDEMPTION_REFUSED",
    what: "Salesforce refused the code that it had just given.",
    evidence: {
      url: shownUrl(answer.url),
      status: answer.status,
      error: said?.error,
      description: said?.description,
      clientId: client.clientId,
      redirectUri: obtained.request.redirectUri,
    },
    next: "The External Client App is at fault, or what the state knows of it: `npx pulumi up --refresh` compares both.",
  });
}

function methodUnsupported({ token_endpoint_auth_methods_supported: offered }: oauth.AuthorizationServer) {
  return new CodedError({
    code: "SIGN_IN_CLIENT_METHOD_UNSUPPORTED",
    what: "The discovery document offers no way for a client to prove itself with a secret.",
    evidence: { offered: offered?.join(" "), needed: secretMethods.join(" or ") },
    next: "See that the discovery URL leads to the Salesforce org that visitors sign in at.",
  });
}

function notRevoked(token: string, evidence: Evidence): CodedError {
  return new CodedError({
    code: "SIGN_IN_DIRECT_REVOKE_REFUSED",
    what: `Salesforce did not take the ${token} of the check back.`,
    evidence,
    next: "Revoke it in Setup, OAuth usage of the app, or let it end by the app's policies.",
  });
}
