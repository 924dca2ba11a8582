import type { AuthorizationServer } from "oauth4webapi";
import type { PageContract } from "../../components/pageContract.ts";
import { operation } from "../../providers/operation.ts";
import { repeatSafely, requestDeadlineMs } from "../../providers/waiting.ts";
import { sender } from "../http.ts";
import { bogusCode } from "../signIn/bogusCode.ts";
import type { DeployedClient } from "../signIn/deployedClient.ts";
import { type Refusal, refusalIn, requestTokens, type SecretMethod } from "../signIn/tokenEndpoint.ts";

/** What the token endpoint says to the client and a code that cannot be one, by method. */
export type ClientProbe = Record<SecretMethod, Refusal | undefined>;

/** Learns whether the token endpoint knows a client: it looks at the client first, and only then finds the code wrong. */
export async function probeClient(
  contract: PageContract,
  provider: AuthorizationServer,
  client: DeployedClient,
): Promise<ClientProbe> {
  const code = await bogusCode(contract, provider);
  const send = sender(operation().signal, requestDeadlineMs);
  const probe = async (method: SecretMethod) =>
    refusalIn(await repeatSafely("read", () => requestTokens(code, client, method, send)), code, client);
  const [client_secret_basic, client_secret_post] = await Promise.all([
    probe("client_secret_basic"),
    probe("client_secret_post"),
  ]);
  return { client_secret_basic, client_secret_post };
}
