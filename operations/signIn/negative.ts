import { randomUUID } from "node:crypto";
import type { AuthorizationServer } from "oauth4webapi";
import { z } from "zod";
import { CodedError, type Evidence } from "../../providers/errors.ts";
import { redactor } from "../../providers/redaction.ts";
import { type Answer, jsonOf, ofApi, type Send, shownUrl } from "../http.ts";
import type { OpenedSet } from "../stack/messagingSet.ts";
import { authorizeRequest } from "./authorizeRequest.ts";
import { bogus, bogusCode } from "./bogusCode.ts";
import { Browser } from "./browser.ts";
import { type DeployedClient, deployedClient } from "./deployedClient.ts";
import { pageOrigin } from "./guestTokens.ts";
import { discover, openLogin } from "./provider.ts";
import { type SignInOptions, sendersOf } from "./signIn.ts";
import {
  offeredMethods,
  type Redeemable,
  refusalIn,
  requestTokens,
  type SecretMethod,
} from "./tokenEndpoint.ts";

const word = z.string().optional().catch(undefined);
/** The words by which answers differ: OAuth errors, errors of Genesys, a deployment's status. */
const bodySchema = z
  .object({
    error: word,
    error_description: word,
    code: word,
    deployment: z.object({ status: word }).optional().catch(undefined),
  })
  .catch({});

/** What one question to a vendor showed. */
export interface Probe {
  question: string;
  /** `cannotTell`: the vendor answers the same to something that cannot be right, or did not answer. */
  answer: "yes" | "no" | "cannotTell";
  /** What was sent, and the words of the answer. */
  evidence: Evidence;
  /** Code of the error, where there was no answer to judge by. */
  code?: string;
}

/** What both sides recognise of a set, without a user. */
export interface NegativeVerdict {
  /** No question was answered with no. */
  ok: boolean;
  /** False when a vendor did not answer, and no other answer shows a fault. */
  tried: boolean;
  probes: readonly Probe[];
}

export interface NegativeOptions extends Omit<SignInOptions, "onStep"> {
  onProbe?: (probe: Probe) => void;
}

/** An answer by what can be told from it. */
interface Reply {
  /** For the comparison with that to the counter-question. */
  said: string;
  /** Says so by itself. */
  isNo: boolean;
  evidence?: Evidence;
}

interface Question {
  question: string;
  looked: string;
  ask: () => Promise<Reply>;
  /** The same with something that cannot be right. Where that is answered alike, the answer tells nothing. */
  counter: () => Promise<Reply>;
}

/**
 * Asks both vendors with a code that cannot be right what they recognise: the deployment, the client, the secret.
 * Each question is asked a second time with something that no vendor can know, so that nothing is taken for a yes
 * which any request would get. Needs no user, writes nothing, gets no token.
 *
 * @throws CodedError SET_NOT_COMPLETE
 */
export async function checkNegatively(
  { set }: Pick<OpenedSet, "set">,
  { onProbe, ...options }: NegativeOptions = {},
): Promise<NegativeVerdict> {
  const { send } = sendersOf(options);
  const contract = set.pageContract;
  const client = deployedClient(set);
  const found = await discovered(() => discover(contract, send));
  const questions = [
    ...atGenesys(contract, send),
    atAuthorize(contract, send),
    ...(found.provider ? atTokenEndpoint(await bogusCode(contract, found.provider), client, send) : []),
  ];
  const asked = await Promise.all(
    questions.map(async (question) => {
      const probe = await judged(question);
      onProbe?.(probe);
      return probe;
    }),
  );
  if (found.probe) onProbe?.(found.probe);
  const probes = found.probe ? [...asked, found.probe] : asked;
  const ok = probes.every(({ answer }) => answer !== "no");
  return { ok, tried: !ok || probes.every(({ code }) => code === undefined), probes };
}

type Contract = OpenedSet["set"]["pageContract"];

/** Without a discovery document nobody can be asked about the client. */
async function discovered(find: () => Promise<AuthorizationServer>) {
  try {
    return { provider: await find() };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const { code, evidence } = error;
    const isNo = code === "SIGN_IN_DISCOVERY_ODD" || code === "SIGN_IN_AUTHORIZE_URL_DIFFERS";
    const question = "Does the discovery document agree with the page contract?";
    return { probe: { question, answer: isNo ? "no" : "cannotTell", evidence, code } satisfies Probe };
  }
}

function atGenesys(contract: Contract, send: Send): Question[] {
  const { deploymentId, genesysApiUrl } = contract;
  const deployments = `${genesysApiUrl}/api/v2/webdeployments`;
  const origin = pageOrigin(contract);
  const read = (id: string) => async () =>
    replyOf(
      await send(`${deployments}/deployments/${id}/configurations`, { headers: { origin } }),
      ({ status }) => status === 404,
    );
  const exchange = (id: string) => async () => {
    const oauth = {
      code: bogus(),
      redirectUri: contract.redirectUri,
      codeVerifier: bogus(),
      nonce: bogus(),
    };
    const answer = await send(`${deployments}/token/oauthcodegrantjwtexchange`, {
      method: "POST",
      headers: { "content-type": "application/json", origin },
      body: JSON.stringify({ deploymentId: id, oauth }),
    });
    return replyOf(answer, ({ status }) => status === 404);
  };
  return [
    {
      question: "Does Genesys know the deployment?",
      looked: `GET deployments/${deploymentId}/configurations`,
      ask: read(deploymentId),
      counter: read(randomUUID()),
    },
    {
      question: "Does the exchange know the deployment?",
      looked: "POST token/oauthcodegrantjwtexchange with a code that is none",
      ask: exchange(deploymentId),
      counter: exchange(randomUUID()),
    },
  ];
}

function atAuthorize(contract: Contract, send: Send): Question {
  const open = (clientId: string) => async () => {
    const request = await authorizeRequest({ ...contract, clientId });
    const redact = redactor([request.codeVerifier, request.nonce, request.state]);
    try {
      const arrival = await openLogin(new Browser(send, contract.redirectUri, redact), request);
      const error = "callback" in arrival ? arrival.callback.searchParams.get("error") : null;
      return { said: error ?? "a page to sign in at", isNo: error !== null };
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== "SIGN_IN_AUTHORIZE_REFUSED") throw error;
      return { said: "an error page", isNo: true, evidence: error.evidence };
    }
  };
  return {
    question: "Does Salesforce let visitors of the page sign in?",
    looked: `the authorize request with clientId ${contract.clientId} and redirectUri ${contract.redirectUri}`,
    ask: open(contract.clientId),
    counter: open(bogus()),
  };
}

function atTokenEndpoint(code: Redeemable, client: DeployedClient, send: Send): Question[] {
  const methods = offeredMethods(code.provider);
  const ask = (asked: DeployedClient, method: SecretMethod, isNo: (error: string) => boolean) => async () => {
    const answer = await requestTokens(code, asked, method, send);
    const redact = redactor([...code.secrets, asked.clientSecret]);
    return replyOf(answer, () => isNo(refusalIn(answer, code, asked)?.error ?? ""), redact);
  };
  const isUnknown = (error: string) => error === "invalid_client_id";
  const isRefused = (error: string) => error === "invalid_client";
  const [first = "client_secret_basic"] = methods;
  return [
    {
      question: "Does Salesforce know the client id?",
      looked: `a code that is none, redeemed by client ${client.clientId}`,
      ask: ask(client, first, isUnknown),
      counter: ask({ ...client, clientId: bogus() }, first, isUnknown),
    },
    ...methods.map((method) => ({
      question: `Does Salesforce take the client's secret, sent by ${method}?`,
      looked: `a code that is none, redeemed by client ${client.clientId} with the deployed secret`,
      ask: ask(client, method, isRefused),
      counter: ask({ ...client, clientSecret: bogus() }, method, isRefused),
    })),
  ];
}

async function judged({ question, looked, ask, counter }: Question): Promise<Probe> {
  try {
    const reply = await ask();
    const evidence = { looked, said: reply.said, ...reply.evidence };
    if (reply.isNo) return { question, answer: "no", evidence };
    const other = await counter();
    const answer = other.said === reply.said ? "cannotTell" : "yes";
    return { question, answer, evidence: { ...evidence, "to what cannot be right": other.said } };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { question, answer: "cannotTell", evidence: { looked, ...error.evidence }, code: error.code };
  }
}

function replyOf(answer: Answer, isNo: (answer: Answer) => boolean, redact = redactor([])): Reply {
  ofApi(answer);
  const { error, error_description, code, deployment } = bodySchema.parse(jsonOf(answer) ?? {});
  const words = [error ?? code, error_description].filter((word) => word !== undefined);
  return {
    said: redact([answer.status, ...words].join(" ")),
    isNo: isNo(answer),
    evidence: { url: shownUrl(answer.url), "deployment's status": deployment?.status },
  };
}
