import {
  compactVerify,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  type JWTPayload,
} from "jose";
import type { PageContract } from "../../components/pageContract.ts";
import { checkSignIn, type FailedStep, type SignInVerdict, verdictOf } from "../signIn/check.ts";
import { type ObtainedCode, obtainCode } from "../signIn/code.ts";
import { type SignInOptions, sendersOf } from "../signIn/signIn.ts";
import { SignInError, type SignInStep, StepRecorder } from "../signIn/steps.ts";
import type { Visitor } from "../signIn/visitor.ts";
import {
  type Client,
  type Refusal,
  refusalIn,
  requestTokens,
  type SecretMethod,
  secretMethods,
  type TokenAnswer,
} from "./tokenEndpoint.ts";

/** What an ID token says, without the token. */
export interface IdToken {
  header: Record<string, unknown>;
  claims: JWTPayload;
  /** Whether one of these keys signed it. */
  isSignedBy(keys: JSONWebKeySet): Promise<boolean>;
}

/** A fresh code that was redeemed at the identity provider itself, or how far that came. */
export interface Redemption {
  /** The step at which the provider gave no code. */
  failed?: FailedStep | undefined;
  /** What the token endpoint said to the code. */
  refusal?: Refusal | undefined;
  /** From the callback to the token request. */
  codeAgeMs?: number;
  /** What was sent, for comparison with the token. */
  nonce?: string;
  /** The `iss` parameter of the callback. */
  iss?: string | undefined;
  /** Undefined when the answer has none. */
  idToken?: IdToken | undefined;
  /** Why the ID token of the answer cannot be read. */
  unreadable?: string;
  /** The clock of the token endpoint. */
  answeredAt?: Date | undefined;
}

export interface VisitOptions {
  signal: AbortSignal | undefined;
  /** Called after every step of the first sign-in. */
  onStep: ((step: SignInStep) => void) | undefined;
  /** `max_age` of the second one's authorize request, in seconds. */
  maxAge: number | undefined;
}

/** Two sign-ins of one visitor: one as the web page does it, one that leaves Genesys out. */
export interface Visit {
  signIn(): Promise<SignInVerdict>;
  direct(): Promise<Redemption>;
}

/**
 * @param client with whose credentials the second code is redeemed
 */
export function visitBy(
  visitor: Visitor,
  contract: PageContract,
  client: () => Promise<Client>,
  options: VisitOptions,
): Visit {
  let signIn: Promise<SignInVerdict> | undefined;
  let direct: Promise<Redemption> | undefined;
  const visit: Visit = {
    signIn: () => {
      signIn ??= checkSignIn(contract, visitor, optionsOf(options));
      return signIn;
    },
    // One after the other: a person has only two hands.
    direct: () => {
      direct ??= visit
        .signIn()
        .then((verdict) => redeemDirectly(verdict, visitor, contract, client, options));
      return direct;
    },
  };
  return visit;
}

/** What came before the code will not come out otherwise a second time, and some logins count failures. */
async function redeemDirectly(
  { failed }: SignInVerdict,
  visitor: Visitor,
  contract: PageContract,
  client: () => Promise<Client>,
  options: VisitOptions,
): Promise<Redemption> {
  if (failed && ["discovery", "authorize", "login", "callback"].includes(failed.step)) return { failed };
  try {
    const { signal, maxAge } = options;
    const { send } = sendersOf(optionsOf(options));
    const recorder = new StepRecorder(undefined);
    const code = await obtainCode(contract, visitor, { send, recorder, signal, maxAge });
    return await redeem(code, await client());
  } catch (error) {
    if (error instanceof SignInError) return { failed: verdictOf(error).failed };
    throw error;
  }
}

async function redeem({ provider, request, code, iss }: ObtainedCode, client: Client): Promise<Redemption> {
  const arrived = performance.now();
  const method = methodOf(provider.token_endpoint_auth_methods_supported);
  const grant = {
    grant_type: "authorization_code",
    code,
    redirect_uri: request.redirectUri,
    code_verifier: request.codeVerifier,
  };
  const codeAgeMs = Math.round(performance.now() - arrived);
  const answer = await requestTokens(String(provider.token_endpoint), client, method, grant);
  await giveBack(answer, provider.revocation_endpoint);
  const refusal = refusalIn(answer, client, grant);
  return {
    refusal,
    codeAgeMs,
    iss,
    nonce: request.nonce,
    answeredAt: answer.date,
    ...(refusal ? {} : idTokenIn(answer)),
  };
}

function optionsOf({ signal, onStep }: VisitOptions): SignInOptions {
  return { ...(signal && { signal }), ...(onStep && { onStep }) };
}

/** Basic where the provider takes it, as RFC 6749 recommends. */
function methodOf(offered: readonly string[] | undefined): SecretMethod {
  return secretMethods.find((method) => offered?.includes(method) ?? true) ?? "client_secret_post";
}

function idTokenIn({ body }: TokenAnswer): Pick<Redemption, "idToken" | "unreadable"> {
  const { id_token: jwt } = body;
  if (typeof jwt !== "string") return {};
  try {
    const idToken = {
      header: { ...decodeProtectedHeader(jwt) },
      claims: decodeJwt(jwt),
      isSignedBy: (keys: JSONWebKeySet) => isSignedBy(jwt, keys),
    };
    return { idToken };
  } catch (error) {
    return { unreadable: error instanceof Error ? error.message : String(error) };
  }
}

/** By the signature alone: the claims are other checks' matter. */
function isSignedBy(jwt: string, keys: JSONWebKeySet): Promise<boolean> {
  return compactVerify(jwt, createLocalJWKSet(keys)).then(
    () => true,
    () => false,
  );
}

/** Revoking one token ends all that was granted with it. Nobody waits for it longer than a moment. */
async function giveBack({ body }: TokenAnswer, endpoint: string | undefined): Promise<void> {
  const token = body.refresh_token ?? body.access_token;
  if (endpoint === undefined || typeof token !== "string") return;
  // What cannot be revoked ends by itself; whether the set works does not depend on it.
  await fetch(endpoint, {
    method: "POST",
    body: new URLSearchParams({ token }),
    signal: AbortSignal.timeout(revocationMs),
  }).catch(() => undefined);
}

const revocationMs = 5_000;
