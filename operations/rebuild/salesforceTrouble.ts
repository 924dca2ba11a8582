import type { AuthorizationServer } from "oauth4webapi";
import type { PageContract } from "../../components/pageContract.ts";
import { CodedError } from "../../providers/errors.ts";
import { type Answer, jsonOf, ofApi, type Send, unavailable } from "../http.ts";

/** A single answer may be lost on the way: the greater part counts. */
const questions = 3;

/**
 * Whether Salesforce answers what Genesys asks of it to redeem a code: the discovery document, the token endpoint, the
 * keys. A code that cannot be one is asked with, so a refusal is an answer. Asked from here: it may be otherwise for
 * Genesys.
 *
 * @returns the error of a part that does not answer, undefined when all do
 */
export async function salesforceTrouble(
  { discoveryUrl, clientId, redirectUri }: PageContract,
  send: Send,
): Promise<CodedError | undefined> {
  const document = await mostly(() => send(discoveryUrl));
  if (document instanceof CodedError) return document;
  const { token_endpoint, jwks_uri } = jsonOf(document) as AuthorizationServer;
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code: "invalid-on-purpose",
    client_id: clientId,
    redirect_uri: redirectUri,
  });
  // Without these the document itself is at fault, which no vendor's trouble explains.
  const answers = await Promise.all([
    token_endpoint && mostly(() => send(token_endpoint, { method: "POST", body })),
    jwks_uri && mostly(() => send(jwks_uri)),
  ]);
  return answers.find((answer) => answer instanceof CodedError);
}

/** An answer in JSON, or the error when most questions got none. */
async function mostly(ask: () => Promise<Answer>): Promise<Answer | CodedError> {
  const asked = await Promise.allSettled(Array.from({ length: questions }, async () => inJson(await ask())));
  const answers = asked.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const errors: unknown[] = asked.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  const [answer] = answers;
  if (answer && answers.length > errors.length) return answer;
  const [error] = errors;
  if (error instanceof CodedError) return error;
  throw error;
}

function inJson(answer: Answer): Answer {
  const body = jsonOf(ofApi(answer));
  if (typeof body === "object" && body !== null) return answer;
  throw unavailable(answer, { "content type": answer.headers.get("content-type") ?? "none" });
}
