import * as oauth from "oauth4webapi";
import { z } from "zod";
import { CodedError } from "../../providers/errors.ts";
import type { Redact } from "../../providers/redaction.ts";
import type { ObtainedCode } from "./code.ts";
import type { DeployedClient } from "./deployedClient.ts";
import { type Answer, insistently, isSuccess, jsonOf, ofApi, type Send, shownUrl } from "./http.ts";

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

/** A code to be redeemed, which may be none: then only the answer counts. */
export type Redeemable = Pick<ObtainedCode, "provider" | "request" | "callback">;

/** The methods that the discovery document offers; one without the list means basic (RFC 8414). */
export function offeredMethods(provider: oauth.AuthorizationServer): SecretMethod[] {
  const offered = provider.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return secretMethods.filter((method) => offered.includes(method));
}

/**
 * Redeems a code at the identity provider itself, as Genesys does.
 *
 * @param redact for what the provider says in its errors
 * @throws CodedError SIGN_IN_CLIENT_METHOD_UNSUPPORTED, SIGN_IN_REDEMPTION_REFUSED, SIGN_IN_REDEMPTION_ODD, SIGN_IN_UNAVAILABLE
 */
export async function redeem(
  obtained: Redeemable,
  client: DeployedClient,
  send: Send,
  redact: Redact,
): Promise<ProviderTokens> {
  const [method] = offeredMethods(obtained.provider);
  if (method === undefined) throw methodUnsupported(obtained.provider);
  const answer = await requestTokens(obtained, client, method, send);
  if (!isSuccess(answer)) throw refused(answer, client, obtained, redact);
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

/** The answer of the token endpoint to one code, whatever it is. */
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
  return answer();
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
  throw notRevoked(shownUrl(url), token, status);
}

/** The provider's error code, or undefined where the answer has none. */
export function errorOf(answer: Answer): z.infer<typeof errorAnswer> | undefined {
  return errorAnswer.safeParse(jsonOf(answer)).data;
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

function refused(
  answer: Answer,
  client: DeployedClient,
  { request }: Redeemable,
  redact: Redact,
): CodedError {
  const said = errorOf(answer);
  return new CodedError({
    code: "SIGN_IN_REDEMPTION_REFUSED",
    what: "Salesforce refused the code that it had just given.",
    evidence: {
      url: shownUrl(answer.url),
      status: answer.status,
      error: said?.error,
      description: said?.error_description && redact(said.error_description),
      clientId: client.clientId,
      redirectUri: request.redirectUri,
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

function notRevoked(url: string, token: string, status: number): CodedError {
  return new CodedError({
    code: "SIGN_IN_DIRECT_REVOKE_REFUSED",
    what: `Salesforce did not take the ${token} of the check back.`,
    evidence: { url, status },
    next: "Revoke it in Setup, OAuth usage of the app, or let it end by the app's policies.",
  });
}
