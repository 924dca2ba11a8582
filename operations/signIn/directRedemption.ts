import type { PageContract } from "../../components/pageContract.ts";
import { type SignInVerdict, verdictOf } from "./check.ts";
import { obtainCode } from "./code.ts";
import type { DeployedClient } from "./deployedClient.ts";
import { checkIdToken, factsOf, type IdTokenFacts } from "./idToken.ts";
import { type SignInOptions, sendersOf } from "./signIn.ts";
import { isAmongTheSteps, SignInError, StepRecorder } from "./steps.ts";
import { redeem, revoke } from "./tokenEndpoint.ts";
import type { Visitor } from "./visitor.ts";

/** How a sign-in ended that leaves Genesys out. */
export interface DirectVerdict extends SignInVerdict {
  /** What the ID token says, when there was one. */
  idToken?: IdTokenFacts | undefined;
}

/**
 * Signs a visitor in and redeems the code at the identity provider itself, with the client that was deployed to
 * Genesys. The tokens are given back whatever happened since they were issued; if that fails it is to be seen among
 * the steps alone, since it says nothing about the set.
 */
export async function checkDirectly(
  contract: PageContract,
  client: DeployedClient,
  visitor: Visitor,
  options: SignInOptions = {},
): Promise<DirectVerdict> {
  const recorder = new StepRecorder(options.onStep);
  const { send, sendToTheEnd } = sendersOf(options);
  let idToken: IdTokenFacts | undefined;
  try {
    const obtained = await obtainCode(contract, visitor, { send, recorder, signal: options.signal });
    const { provider, request } = obtained;
    const tokens = await recorder.take(
      "redemption",
      () => redeem(obtained, client, send),
      ({ id_token, refresh_token }) => ({
        clientId: client.clientId,
        "ID token": id_token ? "yes" : "no",
        "refresh token": refresh_token ? "yes" : "no",
      }),
    );
    const { nonce } = request;
    idToken = tokens.id_token === undefined ? undefined : factsOf(tokens.id_token, { nonce });
    const failure = await recorder
      .take(
        "ID token",
        () => checkIdToken(tokens.id_token, { provider, clientId: contract.clientId, nonce }, send),
        ({ alg, kid, iss, aud, expiresAt }) => ({ alg, kid, iss, aud, expiresAt }),
      )
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    await recorder
      .take(
        "revoke",
        () => revoke(provider, client, tokens, sendToTheEnd),
        (given) => given,
      )
      .catch(isAmongTheSteps);
    if (failure !== undefined) throw failure;
    return { ok: true, tried: true, steps: recorder.steps, idToken };
  } catch (error) {
    if (!(error instanceof SignInError)) throw error;
    return { ...verdictOf(error), idToken };
  }
}
