import { decodeJwt, type JWTPayload } from "jose";
import { z } from "zod";
import type { PageContract } from "../../components/pageContract.ts";
import { CodedError, type Evidence } from "../../providers/errors.ts";
import type { Redact } from "../../providers/redaction.ts";
import { type Answer, insistently, isSuccess, jsonOf, ofApi, type Send, shownUrl } from "../http.ts";

/** What Genesys gives a visitor in exchange for a code. */
export interface GuestTokens {
  jwt: string;
  /** Missing when the identity provider gave Genesys none. */
  refreshToken?: string | undefined;
  /** Which page may read the answer in a browser: `access-control-allow-origin`. */
  allowedOrigin: string | undefined;
}

/** What a guest token says. */
export interface Guest {
  subject?: string | undefined;
  expiresAt?: Date | undefined;
}

/** Body of the exchange (Genesys Platform API, `OAuthCodeExchangeRequest`): just what the authorize request used. */
export interface CodeExchange {
  code: string;
  redirectUri: string;
  codeVerifier: string;
  nonce: string;
  /** The `iss` parameter of the callback (RFC 9207), when the provider sent one. */
  iss?: string | undefined;
}

const exchangeAnswer = z.object({ jwt: z.string(), refreshToken: z.string().optional() });
const refreshAnswer = z.object({ jwt: z.string() });
const errorAnswer = z.object({
  code: z.string().optional(),
  message: z.string().optional(),
  contextId: z.string().optional(),
});

/**
 * The three requests with which a web page gets, renews and gives back a visitor's token. They need no permission.
 *
 * @param redact for what Genesys says in its errors
 */
export class GuestTokenApi {
  readonly #contract: PageContract;
  readonly #send: Send;
  readonly #redact: Redact;

  constructor(contract: PageContract, send: Send, redact: Redact) {
    this.#contract = contract;
    this.#send = send;
    this.#redact = redact;
  }

  /** @throws CodedError SIGN_IN_EXCHANGE_REFUSED, SIGN_IN_EXCHANGE_ODD, SIGN_IN_UNAVAILABLE */
  async exchange(oauth: CodeExchange): Promise<GuestTokens> {
    const { deploymentId } = this.#contract;
    const answer = await this.#post("oauthcodegrantjwtexchange", { deploymentId, oauth });
    if (!isSuccess(answer)) throw this.#refused("EXCHANGE", "the exchange of the code", answer, exchangeHelp);
    const allowedOrigin = answer.headers.get("access-control-allow-origin") ?? undefined;
    return { ...this.#read("EXCHANGE", answer, exchangeAnswer), allowedOrigin };
  }

  /** @throws CodedError SIGN_IN_REFRESH_REFUSED, SIGN_IN_REFRESH_ODD, SIGN_IN_UNAVAILABLE */
  async refresh(refreshToken: string): Promise<{ jwt: string }> {
    const { deploymentId } = this.#contract;
    const answer = await this.#post("refresh", { refreshToken, deploymentId });
    if (!isSuccess(answer)) throw this.#refused("REFRESH", "to renew the token", answer, refreshHelp);
    return this.#read("REFRESH", answer, refreshAnswer);
  }

  /**
   * A request whose answer was lost may have done it; then 401 says so to the next.
   *
   * @throws CodedError SIGN_IN_REVOKE_REFUSED, SIGN_IN_UNAVAILABLE
   */
  async revoke(jwt: string): Promise<{ status: number }> {
    const headers = { authorization: `Bearer ${jwt}`, origin: pageOrigin(this.#contract) };
    const { answer, repeated } = await insistently(() =>
      this.#send(this.#url("revoke"), { method: "DELETE", headers }),
    );
    if (isSuccess(answer) || (repeated && answer.status === 401)) return { status: answer.status };
    throw this.#refused("REVOKE", "to revoke the token", answer, revokeHelp);
  }

  #post(path: string, body: object): Promise<Answer> {
    const headers = { "content-type": "application/json", origin: pageOrigin(this.#contract) };
    return this.#send(this.#url(path), { method: "POST", headers, body: JSON.stringify(body) }).then(ofApi);
  }

  #url(path: string): string {
    return `${this.#contract.genesysApiUrl}/api/v2/webdeployments/token/${path}`;
  }

  #read<T>(step: string, answer: Answer, schema: z.ZodType<T>): T {
    const result = schema.safeParse(jsonOf(answer));
    if (result.success) return result.data;
    throw new CodedError({
      code: `SIGN_IN_${step}_ODD`,
      what: "Genesys answered with success, but not with what its API describes.",
      evidence: {
        ...answered(answer),
        lacks: result.error.issues.map(({ path }) => path.join(".")).join(", "),
      },
      next: "See that genesysApiUrl in the page contract is the API host of the org's region.",
    });
  }

  #refused(step: string, what: string, answer: Answer, next: string): CodedError {
    const body = errorAnswer.safeParse(jsonOf(answer)).data ?? {};
    return new CodedError({
      code: `SIGN_IN_${step}_REFUSED`,
      what: `Genesys refused ${what}.`,
      evidence: {
        ...answered(answer),
        code: body.code,
        // The vendor's text names a token; that is not for showing.
        message: body.message && this.#redact(body.message.replace(/(for token: )\S+/, "$1[redacted]")),
        contextId: body.contextId,
        deploymentId: this.#contract.deploymentId,
      },
      next,
    });
  }
}

/**
 * A browser hands an answer to the page only if the answer names the page's origin.
 *
 * @throws CodedError SIGN_IN_ORIGIN_NOT_ALLOWED
 */
export function checkOrigin(contract: PageContract, { allowedOrigin }: GuestTokens): void {
  const origin = pageOrigin(contract);
  if (allowedOrigin === "*" || allowedOrigin === origin) return;
  throw new CodedError({
    code: "SIGN_IN_ORIGIN_NOT_ALLOWED",
    what: "Genesys gave a token, but a browser would keep it from the web page.",
    evidence: { "page's origin": origin, "allowed origin": allowedOrigin ?? "none" },
    next: "Add the page's host to the allowed domains of the messenger deployment.",
  });
}

/**
 * Who a guest token speaks for and until when. The vendor documents none of its claims, so none is required.
 *
 * @throws CodedError SIGN_IN_TOKEN_ODD
 */
export function readGuestToken(jwt: string): Guest {
  const { sub, exp } = claimsOf(jwt);
  const expiresAt = exp === undefined ? undefined : new Date(exp * 1_000);
  if (expiresAt && expiresAt.getTime() <= Date.now()) {
    throw oddToken("It has expired already.", { "expired at": expiresAt.toISOString() });
  }
  return { subject: sub, expiresAt };
}

function claimsOf(jwt: string): JWTPayload {
  try {
    return decodeJwt(jwt);
  } catch (error) {
    throw oddToken("It is no JWT.", { reason: error instanceof Error ? error.message : String(error) });
  }
}

function oddToken(what: string, evidence: Evidence): CodedError {
  return new CodedError({
    code: "SIGN_IN_TOKEN_ODD",
    what: `Genesys gave a token that cannot be used. ${what}`,
    evidence,
    next: "Compare this machine's clock with the true time; then ask Genesys support.",
  });
}

export function pageOrigin({ redirectUri }: PageContract): string {
  return new URL(redirectUri).origin;
}

function answered({ url, status, headers }: Answer): Evidence {
  const correlationId = headers.get("genesys-correlation-id") ?? headers.get("inin-correlation-id");
  return { url: shownUrl(url), status, correlationId: correlationId ?? undefined };
}

const exchangeHelp =
  "Genesys gives this one answer to every fault of the chain. `npx amsg diagnose` looks for the known causes, " +
  "`npx amsg sign-in --differential` tells on which side it is; Genesys support can look up the contextId.";
const refreshHelp =
  "See that the External Client App selects the refresh token scope and that its refresh tokens live long enough.";
const revokeHelp =
  "The visitor's token stays valid until it expires, 15 minutes at most. Genesys support can look up the contextId.";
