import {
  compactVerify,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  type JWTPayload,
} from "jose";
import type { PageContract } from "../../components/pageContract.ts";
import { CodedError } from "../../providers/errors.ts";
import { type Send, sender } from "../http.ts";
import { checkSignIn, type FailedStep, type SignInVerdict, verdictOf } from "../signIn/check.ts";
import { type ObtainedCode, obtainCode } from "../signIn/code.ts";
import type { DeployedClient } from "../signIn/deployedClient.ts";
import { type SignInOptions, sendersOf } from "../signIn/signIn.ts";
import { SignInError, type SignInStep, StepRecorder } from "../signIn/steps.ts";
import {
  offeredMethods,
  type ProviderTokens,
  type Refusal,
  refusalIn,
  requestTokens,
  revoke,
  tokensIn,
} from "../signIn/tokenEndpoint.ts";
import type { Visitor } from "../signIn/visitor.ts";

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
  /** The longest that one answer may take, in milliseconds. */
  answerDeadlineMs: number;
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
  client: () => Promise<DeployedClient>,
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
  client: () => Promise<DeployedClient>,
  options: VisitOptions,
): Promise<Redemption> {
  if (failed && ["discovery", "authorize", "login", "callback"].includes(failed.step)) return { failed };
  try {
    const { signal, maxAge } = options;
    const { send } = sendersOf(optionsOf(options));
    const recorder = new StepRecorder(undefined);
    // Beforehand: a code must not wait.
    const deployed = await client();
    const code = await obtainCode(contract, visitor, { send, recorder, signal, maxAge });
    return await redeem(code, deployed, send);
  } catch (error) {
    if (error instanceof SignInError) return { failed: verdictOf(error).failed };
    throw error;
  }
}

async function redeem(obtained: ObtainedCode, client: DeployedClient, send: Send): Promise<Redemption> {
  const { provider, request, iss } = obtained;
  const [method = "client_secret_post"] = offeredMethods(provider);
  const answer = await requestTokens(obtained, client, method, send);
  const tokens = tokensIn(answer);
  if (tokens) await giveBack(obtained, client, tokens);
  const date = answer.headers.get("date");
  return {
    refusal: refusalIn(answer, obtained, client),
    iss,
    nonce: request.nonce,
    answeredAt: date === null ? undefined : new Date(date),
    ...idTokenIn(tokens),
  };
}

function optionsOf({ signal, onStep, answerDeadlineMs }: VisitOptions): SignInOptions {
  return { answerDeadlineMs, ...(signal && { signal }), ...(onStep && { onStep }) };
}

function idTokenIn(tokens: ProviderTokens | undefined): Pick<Redemption, "idToken" | "unreadable"> {
  const jwt = tokens?.id_token;
  if (jwt === undefined) return {};
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

/** How long one request may take that nobody needs the answer of, in milliseconds. */
const revocationMs = 5_000;

/** What cannot be given back ends by itself; whether the set works does not depend on it. */
async function giveBack({ provider }: ObtainedCode, client: DeployedClient, tokens: ProviderTokens) {
  await revoke(provider, client, tokens, sender(undefined, revocationMs)).catch((error: unknown) => {
    if (!(error instanceof CodedError)) throw error;
  });
}
