import { createRequire } from "node:module";
import type * as sdk from "purecloud-platform-client-v2";
import type { z } from "zod";
import { answerBytesAtMost, FlawedAnswer, jsonOrText, readable } from "../answers.ts";
import { clock } from "../clock.ts";
import { hasOutcome, VendorError } from "../errors.ts";
import { during, forAll, unlessEnded } from "../operation.ts";
import { type Redact, redactorOfConnection } from "../redaction.ts";
import { repeatSafely, requestDeadlineMs, withDeadline } from "../waiting.ts";
import { anything } from "./answers.ts";
import {
  type ExtendedResponse,
  errorFrom,
  flawed,
  type LogInAnswer,
  logInRefused,
  type Mode,
  unexpected,
  unreachable,
} from "./errors.ts";
import { domainOf } from "./regions.ts";
import type { GenesysSettings } from "./settings.ts";

/** The parts of the vendor's client that the members need. */
export interface GenesysApi {
  readonly integrations: sdk.IntegrationsApi;
  readonly webDeployments: sdk.WebDeploymentsApi;
}

/**
 * One Genesys Cloud org, logged in to on first use. An answer that has not the given shape is no answer, like a
 * proxy's page.
 */
export interface GenesysConnection {
  /** Where browsers exchange codes: `https://api.<domain>`, or the gateway. */
  readonly apiUrl: string;
  /** A request that changes nothing; repeated after anything but an answer. `step` is for errors: "read the integration". */
  read<T>(step: string, shape: z.ZodType, request: Request<T>): Promise<T>;
  /** Like `read`; undefined when Genesys answers 404, the only proof that something is gone. */
  readUnlessGone<T>(step: string, shape: z.ZodType, request: Request<T>): Promise<T | undefined>;
  /** A request that changes something and answers with an object; repeated after a rate limit only. */
  write<T>(step: string, shape: z.ZodType, request: Request<T>): Promise<T>;
  /** Like `write`; the answer may be empty. */
  remove(step: string, request: Request<unknown>): Promise<void>;
}

export type Request<T> = (api: GenesysApi) => Promise<T>;

type Client = sdk.ApiClientClass;

/** @param patienceMs how long a request that is refused for now is repeated */
export function openGenesys(settings: GenesysSettings, patienceMs?: number): GenesysConnection {
  const gateway = settings.genesysGatewayUrl ? new URL(settings.genesysGatewayUrl) : undefined;
  const apiUrl = gateway?.origin ?? `https://api.${domainOf(settings.genesysRegion)}`;
  const secrets = secretsOf(settings);
  const redact = redactorOfConnection(secrets);
  let opening: Promise<{ client: Client; api: GenesysApi }> | undefined;
  let loggingIn: Promise<void> | undefined;

  async function open(): Promise<{ client: Client; api: GenesysApi }> {
    opening ??= loadClient(settings, gateway);
    const opened = await opening;
    loggingIn ??= forAll(() =>
      repeatSafely(
        "read",
        async () => {
          secrets.add(await logIn(opened.client, settings, apiUrl, redact));
        },
        patienceMs,
      ),
    );
    const present = loggingIn;
    present.catch(() => {
      if (loggingIn === present) loggingIn = undefined;
    });
    await unlessEnded(present);
    return opened;
  }

  async function send<T>(sent: Sent<T>, mayLogInAgain = true): Promise<T> {
    const { mode, step, shape, request } = sent;
    const { api } = await open();
    const usedLogIn = loggingIn;
    try {
      const asked = withDeadline(effectOf(mode), request(api), () => unreachable(step, undefined, apiUrl));
      return readable(shape, bodyOf(step, (await asked) as ExtendedResponse, mode, redact)) as T;
    } catch (rejection) {
      if (mayLogInAgain && (rejection as ExtendedResponse)?.status === 401) {
        if (loggingIn === usedLogIn) loggingIn = undefined;
        return send(sent, false);
      }
      throw errorFrom(mode, step, rejection, apiUrl, redact);
    }
  }

  /** The log-in has its own repetitions; within those of a request they would multiply. */
  const repeated = <T>(sent: Sent<T>) =>
    during(sent.step, async () => {
      await open();
      return repeatSafely(effectOf(sent.mode), () => send(sent), patienceMs);
    });
  const read = <T>(step: string, shape: z.ZodType, request: Request<T>) =>
    repeated({ mode: "read", step, shape, request });
  return {
    apiUrl,
    read,
    async readUnlessGone(step, shape, request) {
      try {
        return await read(step, shape, request);
      } catch (error) {
        if (hasOutcome(error, "notFound")) return undefined;
        throw error;
      }
    },
    write: (step, shape, request) => repeated({ mode: "write", step, shape, request }),
    remove: async (step, request) => {
      await repeated({ mode: "remove", step, shape: anything, request });
    },
  };
}

async function loadClient(settings: GenesysSettings, gateway: URL | undefined) {
  // Not by `import`, which would look through its four megabytes for names to export, and keep 13 MB for that.
  const platform: typeof sdk = createRequire(import.meta.url)("purecloud-platform-client-v2");
  // The module's own client is one for the whole process; a connection needs its own.
  const NewClient = platform.ApiClient.instance.constructor as new () => Client;
  const client = new NewClient();
  // The client watches a file in the user's home that would overrule these settings and may log credentials.
  client.config.live_reload_config = false;
  client.config.setConfigPath("");
  client.config.logger.log_level = client.config.logger.logLevelEnum.level.LNone;
  client.setReturnExtendedResponses(true);
  client.getHttpClient().setTimeout(requestDeadlineMs);
  client.getHttpClient().setPreHook(async (config) => ({ ...config, ...limits() }));
  if (gateway === undefined) client.setEnvironment(domainOf(settings.genesysRegion));
  else client.setGateway(gatewayOf(gateway));
  return {
    client,
    api: {
      integrations: new platform.IntegrationsApi(client),
      webDeployments: new platform.WebDeploymentsApi(client),
    },
  };
}

/**
 * The client's own limit is for the time between two bytes: an answer that trickles would hold its connection. And its
 * logger fails at deep answers, where nobody catches it.
 */
function limits() {
  const signal = AbortSignal.timeout(clock().limit(requestDeadlineMs));
  return { maxContentLength: answerBytesAtMost, signal, transformResponse: [jsonOrText] };
}

function gatewayOf(url: URL): sdk.GatewayConfiguration {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return {
    host: url.hostname,
    protocol: url.protocol.replace(":", ""),
    port: Number(port),
    path_params_login: "",
    path_params_api: "",
  };
}

/** What an answer may repeat, besides the access tokens. */
function secretsOf({ genesysClientId, genesysClientSecret }: GenesysSettings): Set<string> {
  const header = Buffer.from(`${genesysClientId}:${genesysClientSecret}`).toString("base64");
  return new Set([genesysClientSecret, header]);
}

/** The access token, which the client holds from then on. */
async function logIn(
  client: Client,
  settings: GenesysSettings,
  apiUrl: string,
  redact: Redact,
): Promise<string> {
  try {
    const grant = client.loginClientCredentialsGrant(settings.genesysClientId, settings.genesysClientSecret);
    await withDeadline("read", grant, () => unreachable("log in", undefined, apiUrl));
    const { accessToken } = (client as unknown as LoggedIn).authData;
    if (!isToken(accessToken)) throw new FlawedAnswer("access_token", "must be a token");
    return accessToken;
  } catch (rejection) {
    if (rejection instanceof VendorError) throw rejection;
    if (rejection instanceof FlawedAnswer) throw flawed("log in", rejection);
    const { response } = rejection as { response?: LogInAnswer };
    throw response === undefined
      ? unreachable("log in", rejection, apiUrl)
      : logInRefused(response, settings, redact);
  }
}

/** A member that the client's typings leave out. */
interface LoggedIn {
  authData: { accessToken?: unknown };
}

/** What can stand in a header. */
function isToken(token: unknown): token is string {
  return typeof token === "string" && /^[\x21-\x7e]+$/.test(token);
}

/** What one request is for, and what its answer must look like. */
interface Sent<T> {
  mode: Mode;
  step: string;
  shape: z.ZodType;
  request: Request<T>;
}

function effectOf(mode: Mode): "read" | "write" {
  return mode === "read" ? "read" : "write";
}

/** An answer that is no JSON (a proxy's HTML page), or empty where an object is due, is not one of the vendor's. */
function bodyOf(step: string, response: ExtendedResponse, mode: Mode, redact: Redact): unknown {
  const isEmpty = response.body === "" || response.body === undefined || response.body === null;
  if (isEmpty && mode === "remove") return undefined;
  if (!isEmpty && typeof response.body === "object") return response.body;
  throw unexpected(step, response, redact);
}
