import type { PageContract } from "../../components/pageContract.ts";
import { CodedError } from "../../providers/errors.ts";
import { redactor } from "../../providers/redaction.ts";
import { type Send, sender } from "../http.ts";
import { type ObtainedCode, obtainCode } from "./code.ts";
import {
  type CodeExchange,
  checkOrigin,
  type Guest,
  GuestTokenApi,
  type GuestTokens,
  readGuestToken,
} from "./guestTokens.ts";
import { isAmongTheSteps, type SignInStep, StepRecorder } from "./steps.ts";
import { recording, type TranscriptEntry } from "./transcript.ts";
import type { Visitor } from "./visitor.ts";

export interface SignInOptions {
  /** Ends the check early. A token that was issued by then is revoked all the same. */
  signal?: AbortSignal | undefined;
  /** Called after every step, failed ones included. */
  onStep?: (step: SignInStep) => void;
  /** The longest that one answer may take, in milliseconds. Default: 20 seconds. */
  answerDeadlineMs?: number | undefined;
  /** Called after every request with what may be shown of it. */
  onRequest?: (entry: TranscriptEntry) => void;
  /** With `onRequest`: is filled with what was sent and got that nobody else may see. */
  secrets?: string[];
}

/** A sign-in that worked from end to end. */
export interface SignedIn {
  /** `sub` of the guest token, when it has one. */
  subject?: string;
  /** When the guest token would have expired, ISO 8601. */
  expiresAt?: string;
  steps: readonly SignInStep[];
}

/**
 * The sign-in check: signs a visitor in as a browser on the web page would, from the discovery document to the
 * Genesys token, renews that token, and revokes it whatever happened since it was issued. Never requests the
 * redirect URI itself. Needs no permission at either vendor.
 *
 * @throws SignInError for the first step that failed, with all steps that were tried
 */
export async function signIn(
  contract: PageContract,
  visitor: Visitor,
  options: SignInOptions = {},
): Promise<SignedIn> {
  const { signal, onStep } = options;
  const { send, sendToTheEnd } = sendersOf(options);
  const recorder = new StepRecorder(onStep);
  const obtained = await obtainCode(contract, visitor, { send, recorder, signal });
  const redact = redactor(obtained.secrets);
  const api = new GuestTokenApi(contract, send, redact);
  const tokens = await recorder.take(
    "exchange",
    () => api.exchange(exchangeOf(obtained)),
    ({ refreshToken }) => ({
      deploymentId: contract.deploymentId,
      "refresh token": refreshToken ? "yes" : "no",
    }),
  );
  // Not ended by `signal`: the token is given back in any case.
  const revoke = (jwt: string) => {
    const lastApi = new GuestTokenApi(contract, sendToTheEnd, redact);
    return recorder.take(
      "revoke",
      () => lastApi.revoke(jwt),
      ({ status }) => ({ status }),
    );
  };

  let { jwt } = tokens;
  try {
    const guest = await recorder.take("token", () => readTokens(contract, tokens), asEvidence);
    const renewed = await recorder.take(
      "refresh",
      () => renew(contract, tokens, api),
      (answer) => ({ renewed: answer ? "yes" : "no, no refresh token was asked for" }),
    );
    jwt = renewed ?? jwt;
    await revoke(jwt);
    return { ...asEvidence(guest), steps: recorder.steps };
  } catch (error) {
    if (!recorder.steps.some(({ name }) => name === "revoke")) await revoke(jwt).catch(isAmongTheSteps);
    throw error;
  }
}

/** Two ways to send requests: one that `signal` ends, and one that goes on, for what must be given back. */
export function sendersOf({ signal, answerDeadlineMs, onRequest, secrets = [] }: SignInOptions) {
  const recorded = (send: Send) => (onRequest ? recording(send, onRequest, secrets) : send);
  return {
    send: recorded(sender(signal, answerDeadlineMs)),
    sendToTheEnd: recorded(sender(undefined, answerDeadlineMs)),
  };
}

/** What a page passes on: just what its authorize request used. */
function exchangeOf({ code, iss, request }: ObtainedCode): CodeExchange {
  const { redirectUri, codeVerifier, nonce } = request;
  return { code, redirectUri, codeVerifier, nonce, iss };
}

function readTokens(contract: PageContract, tokens: GuestTokens): Guest {
  checkOrigin(contract, tokens);
  return readGuestToken(tokens.jwt);
}

/** Renews the guest token; undefined when there is nothing to renew it with, and the page asked for nothing. */
async function renew(
  { scopes, clientId }: PageContract,
  { refreshToken }: GuestTokens,
  api: GuestTokenApi,
): Promise<string | undefined> {
  if (refreshToken !== undefined) return (await api.refresh(refreshToken)).jwt;
  if (!scopes.some((scope) => scope === "refresh_token" || scope === "offline_access")) return undefined;
  throw new CodedError({
    code: "SIGN_IN_NO_REFRESH_TOKEN",
    what: "Genesys gave no refresh token, although the page asks for one: visitors must sign in again within minutes.",
    evidence: { clientId, scopes: scopes.join(" ") },
    next: "See that the External Client App selects the refresh token scope and lets refresh tokens live.",
  });
}

function asEvidence({ subject, expiresAt }: Guest) {
  return { subject, expiresAt: expiresAt?.toISOString() };
}
