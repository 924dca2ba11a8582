import { createRequire } from "node:module";
import type * as sdk from "purecloud-platform-client-v2";
import { CodedError, type Evidence, hasOutcome, type Outcome, VendorError } from "../errors.ts";
import { forAll, unlessEnded } from "../operation.ts";
import { type Redact, redactor } from "../redaction.ts";
import { repeatSafely, requestDeadlineMs, withDeadline } from "../waiting.ts";
import { domainOf } from "./regions.ts";
import type { GenesysSettings } from "./settings.ts";

/** The parts of the vendor's client that the members need. */
export interface GenesysApi {
  readonly integrations: sdk.IntegrationsApi;
  readonly webDeployments: sdk.WebDeploymentsApi;
}

/** One Genesys Cloud org, logged in to on first use. */
export interface GenesysConnection {
  /** Where browsers exchange codes: `https://api.<domain>`, or the gateway. */
  readonly apiUrl: string;
  /** A request that changes nothing; repeated after anything but an answer. `step` is for errors: "read the integration". */
  read<T>(step: string, request: (api: GenesysApi) => Promise<T>): Promise<T>;
  /** Like `read`; undefined when Genesys answers 404, the only proof that something is gone. */
  readUnlessGone<T>(step: string, request: (api: GenesysApi) => Promise<T>): Promise<T | undefined>;
  /** A request that changes something and answers with an object; repeated after a rate limit only. */
  write<T>(step: string, request: (api: GenesysApi) => Promise<T>): Promise<T>;
  /** Like `write`; the answer may be empty. */
  remove(step: string, request: (api: GenesysApi) => Promise<unknown>): Promise<void>;
}

/** What the client resolves with, or rejects with, when it is told to return extended responses. */
interface ExtendedResponse {
  status: number;
  headers: Record<string, string | undefined>;
  body?: unknown;
}

interface ErrorBody {
  message?: string;
  code?: string;
  contextId?: string;
  details?: { errorCode?: string; fieldName?: string }[];
}

type Client = sdk.ApiClientClass;

/** @param patienceMs how long a request that is refused for now is repeated */
export function openGenesys(settings: GenesysSettings, patienceMs?: number): GenesysConnection {
  const gateway = settings.genesysGatewayUrl ? new URL(settings.genesysGatewayUrl) : undefined;
  const apiUrl = gateway?.origin ?? `https://api.${domainOf(settings.genesysRegion)}`;
  const redact = redactor([settings.genesysClientSecret]);
  let opening: Promise<{ client: Client; api: GenesysApi }> | undefined;
  let loggingIn: Promise<void> | undefined;

  async function open(): Promise<{ client: Client; api: GenesysApi }> {
    opening ??= loadClient(settings, gateway);
    const opened = await opening;
    loggingIn ??= forAll(() =>
      repeatSafely("read", () => logIn(opened.client, settings, apiUrl, redact), patienceMs),
    );
    const present = loggingIn;
    present.catch(() => {
      if (loggingIn === present) loggingIn = undefined;
    });
    await unlessEnded(present);
    return opened;
  }

  async function send<T>(
    mode: Mode,
    step: string,
    request: (api: GenesysApi) => Promise<T>,
    mayLogInAgain = true,
  ): Promise<T> {
    const { api } = await open();
    const usedLogIn = loggingIn;
    try {
      const sent = withDeadline(effectOf(mode), request(api), () => unreachable(step, undefined, apiUrl));
      return bodyOf(step, (await sent) as ExtendedResponse, mode) as T;
    } catch (rejection) {
      if (mayLogInAgain && (rejection as ExtendedResponse)?.status === 401) {
        if (loggingIn === usedLogIn) loggingIn = undefined;
        return send(mode, step, request, false);
      }
      throw errorFrom(mode, step, rejection, apiUrl, redact);
    }
  }

  /** The log-in has its own repetitions; within those of a request they would multiply. */
  const repeated = async <T>(mode: Mode, step: string, request: (api: GenesysApi) => Promise<T>) => {
    await open();
    return repeatSafely(effectOf(mode), () => send(mode, step, request), patienceMs);
  };
  const read = <T>(step: string, request: (api: GenesysApi) => Promise<T>) => repeated("read", step, request);
  return {
    apiUrl,
    read,
    async readUnlessGone(step, request) {
      try {
        return await read(step, request);
      } catch (error) {
        if (hasOutcome(error, "notFound")) return undefined;
        throw error;
      }
    },
    write: (step, request) => repeated("write", step, request),
    remove: async (step, request) => {
      await repeated("remove", step, request);
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

async function logIn(
  client: Client,
  settings: GenesysSettings,
  apiUrl: string,
  redact: Redact,
): Promise<void> {
  try {
    const grant = client.loginClientCredentialsGrant(settings.genesysClientId, settings.genesysClientSecret);
    await withDeadline("read", grant, () => unreachable("log in", undefined, apiUrl));
  } catch (rejection) {
    if (rejection instanceof VendorError) throw rejection;
    const { response } = rejection as { response?: LogInAnswer };
    throw response === undefined
      ? unreachable("log in", rejection, apiUrl)
      : logInRefused(response, settings, redact);
  }
}

interface LogInAnswer {
  status: number;
  headers: Record<string, string | undefined>;
  data?: unknown;
}

function logInRefused({ status, headers, data }: LogInAnswer, settings: GenesysSettings, redact: Redact) {
  const body = (typeof data === "object" && data !== null ? data : {}) as Record<string, string | undefined>;
  const said = redact(body.error_description ?? body.description ?? body.error ?? "");
  const evidence = { status, said, "client id": settings.genesysClientId };
  // The log-in limit is answered as 400 invalid_request with this text, not as 429.
  if (/^rate limit exceeded/i.test(said)) {
    return new VendorError({
      outcome: "rateLimited",
      code: "GENESYS_LOGIN_LIMIT",
      what: "Genesys limits the number of log-ins and refused this one.",
      evidence,
      next: "Wait a minute and run the command again.",
      retryAfterMs: retryAfterMs(headers["retry-after"]) ?? 5_000,
    });
  }
  const response = { status, headers, body: data };
  if (status === 429) return rateLimited("log in", response, redact);
  if (status >= 500 || status === 408) return unexpected("log in", response, "unknown", redact);
  return new VendorError({
    outcome: "refused",
    code: "GENESYS_LOGIN_REFUSED",
    what: "Genesys refused the log-in of the OAuth client.",
    evidence,
    next: "Check GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET (or genesysClientId and genesysClientSecret), that the client's grant is client credentials, and the region. A refresh uses the configuration of the last up, unless it is given --run-program.",
  });
}

type Mode = "read" | "write" | "remove";

function effectOf(mode: Mode): "read" | "write" {
  return mode === "read" ? "read" : "write";
}

/** An answer that is no JSON (a proxy's HTML page), or empty where an object is due, is not one of the vendor's. */
function bodyOf(step: string, response: ExtendedResponse, mode: Mode): unknown {
  const isEmpty = response.body === "" || response.body === undefined || response.body === null;
  if (isEmpty && mode === "remove") return undefined;
  if (!isEmpty && typeof response.body === "object") return response.body;
  throw unexpected(step, response, "unknown", redactor([]));
}

function errorFrom(mode: Mode, step: string, rejection: unknown, apiUrl: string, redact: Redact): Error {
  if (rejection instanceof CodedError) return rejection;
  if (typeof rejection === "string")
    return new TypeError(`The request to ${step} lacks an argument: ${rejection}`);
  const response = rejection as ExtendedResponse;
  if (typeof response?.status !== "number" || response.headers === undefined)
    return unreachable(step, rejection, apiUrl);
  return refused(mode, step, response, redact);
}

function refused(mode: Mode, step: string, response: ExtendedResponse, redact: Redact): VendorError {
  const { status } = response;
  if (status === 429) return rateLimited(step, response, redact);
  const isJson = typeof response.body === "object" && response.body !== null;
  if (!isJson || status >= 500 || status === 408) return unexpected(step, response, "unknown", redact);
  const body = response.body as ErrorBody;
  // A gateway's own 404 proves nothing; the vendor's names a code and the request.
  if (status === 404 && !body.contextId && !/not\.found/.test(body.code ?? "")) {
    return unexpected(step, response, "unknown", redact);
  }
  const evidence = evidenceOf(status, body, redact);
  if (status === 401) {
    return new VendorError({
      outcome: "refused",
      code: "GENESYS_TOKEN_REFUSED",
      what: `Genesys does not accept the access token, also after a new log-in, to ${step}.`,
      evidence,
      next: "Check that the OAuth client belongs to this region and is active.",
    });
  }
  if (status === 403) {
    return new VendorError({
      outcome: "refused",
      code: "GENESYS_PERMISSION_MISSING",
      what: `The OAuth client may not ${step}.`,
      evidence,
      next: "Give the client a role with the permissions named by Genesys; docs/ lists those that each member needs.",
    });
  }
  if (mode === "remove" && isInUse(status, body)) return inUse(step, evidence);
  return new VendorError({
    outcome: outcomeOf(status, body),
    code: status === 404 ? "GENESYS_NOT_FOUND" : "GENESYS_REQUEST_REFUSED",
    what: `Genesys refused to ${step}.`,
    evidence,
    next: "Read what Genesys says above; if it is no help, its support needs the contextId.",
  });
}

/** No source tells how Genesys says it, or whether it minds at all. */
function isInUse(status: number, { message = "" }: ErrorBody): boolean {
  return (status === 400 || status === 409) && /\b(in use|used by|referenced|depend)/i.test(message);
}

/** A conflict, since what used it may have gone a moment ago. */
function inUse(step: string, evidence: Evidence): VendorError {
  return new VendorError({
    outcome: "conflict",
    code: "GENESYS_IN_USE",
    what: `Genesys refused to ${step}, because another object uses it. Nothing was changed.`,
    evidence,
    next: "To make one member anew, take down those that use it too, and build all of them: `npx pulumi destroy --target '<URN of the member>' --target-dependents`, then `npx pulumi up`. If something outside of the stack uses it, point that elsewhere first.",
  });
}

/** Nothing happened, whoever says so: the vendor or a gateway before it. */
function rateLimited(step: string, response: ExtendedResponse, redact: Redact): VendorError {
  const body = typeof response.body === "object" ? ((response.body ?? {}) as ErrorBody) : {};
  return new VendorError({
    outcome: "rateLimited",
    code: "GENESYS_RATE_LIMIT",
    what: `Genesys limits the number of requests and refused to ${step}.`,
    evidence: evidenceOf(response.status, body, redact),
    next: "Wait a minute and run the command again.",
    retryAfterMs: retryAfterMs(response.headers["retry-after"]),
  });
}

function outcomeOf(status: number, body: ErrorBody): Outcome {
  if (status === 404) return "notFound";
  // A stale version is answered as 409, or as 400 with this text (terraform-provider-genesyscloud, IsVersionMismatch).
  return status === 409 || /does not match the current version/i.test(body.message ?? "")
    ? "conflict"
    : "refused";
}

function evidenceOf(status: number, body: ErrorBody, redact: Redact) {
  const details = (body.details ?? []).map((detail) =>
    [detail.errorCode, detail.fieldName].filter(Boolean).join(" "),
  );
  return {
    status,
    code: body.code,
    said: redact(body.message ?? ""),
    details: details.join("; "),
    contextId: body.contextId,
  };
}

function unexpected(step: string, response: ExtendedResponse, outcome: Outcome, redact: Redact): VendorError {
  const body = typeof response.body === "object" ? ((response.body ?? {}) as ErrorBody) : {};
  const said =
    typeof response.body === "string"
      ? redact(response.body.slice(0, 80).replace(/\s+/g, " "))
      : redact(body.message ?? "");
  return new VendorError({
    outcome,
    code: "GENESYS_UNEXPECTED_ANSWER",
    what: `Genesys, or a proxy before it, gave no usable answer to the request to ${step}.`,
    evidence: { status: response.status, said, contextId: body.contextId },
    next: "Run the command again; if it persists, look at the vendor's status page and at proxies in between.",
  });
}

/** Only code and host are told: the client's error object carries the credentials. */
function unreachable(step: string, rejection: unknown, apiUrl: string): VendorError {
  const { code } = (rejection ?? {}) as { code?: string };
  return new VendorError({
    outcome: "unknown",
    code: "GENESYS_UNREACHABLE",
    what: `No answer from Genesys to the request to ${step}.`,
    evidence: { address: apiUrl, reason: code ?? "no answer" },
    next: "Check the region or gateway URL, the network and proxy settings; for the sandbox, that `npm run sandbox` is running.",
  });
}

/** Retry-After in whole seconds, or as an HTTP date; undefined when absent or unreadable. */
function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}
