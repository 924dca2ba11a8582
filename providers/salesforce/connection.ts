import { createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Connection } from "@jsforce/jsforce-node";
import { CodedError, VendorError } from "../errors.ts";
import { forAll, unlessEnded } from "../operation.ts";
import { type Redact, redactor } from "../redaction.ts";
import { repeatSafely, requestDeadlineMs, withDeadline } from "../waiting.ts";
import { type LogIn, logInOf, type SalesforceSettings } from "./settings.ts";
import { withWholeAnswers } from "./transport.ts";

/** A metadata component as the SOAP API has it: all values are text, absent ones are missing. */
export type MetadataRecord = { fullName: string } & Record<string, unknown>;

/** One entry of listMetadata. */
export interface FileProperties {
  id?: string;
  fullName: string;
  type: string;
}

/** One Salesforce org, logged in to on first use. `step` is for errors: "read the OAuth settings". */
export interface SalesforceConnection {
  readonly instanceUrl: string;
  /** The component, or undefined when the org answers that there is none of that name. */
  readMetadata(type: string, fullName: string): Promise<MetadataRecord | undefined>;
  createMetadata(type: string, record: MetadataRecord): Promise<void>;
  updateMetadata(type: string, record: MetadataRecord): Promise<void>;
  deleteMetadata(type: string, fullName: string): Promise<void>;
  /** At most three types a call. */
  listMetadata(types: readonly string[]): Promise<FileProperties[]>;
  query<T>(step: string, soql: string): Promise<T[]>;
  /** @param path below /services/data/vXX.X */
  get<T>(step: string, path: string): Promise<T>;
}

/** jsforce's typings know neither the External Client App types nor plain records of them. */
interface MetadataApi {
  read(type: string, fullName: string): Promise<Partial<MetadataRecord>>;
  create(type: string, record: MetadataRecord): Promise<SaveResult>;
  update(type: string, record: MetadataRecord): Promise<SaveResult>;
  delete(type: string, fullName: string): Promise<SaveResult>;
  list(queries: { type: string }[], version: string): Promise<FileProperties | FileProperties[] | undefined>;
}

interface SaveResult {
  success: boolean;
  errors?: { message: string; statusCode: string; fields?: string | string[] }[];
}

/** @param patienceMs how long a request that is refused for now is repeated */
export function openSalesforce(settings: SalesforceSettings, patienceMs?: number): SalesforceConnection {
  const instanceUrl = new URL(settings.salesforceInstanceUrl).origin;
  const version = settings.salesforceApiVersion;
  const logIn = logInOf(settings);
  const redact = redactor([settings.salesforceAccessToken, settings.salesforceClientSecret]);
  let opening: Promise<Connection> | undefined;

  async function open(): Promise<Connection> {
    if (logIn === undefined) throw new TypeError("Salesforce settings without a log-in");
    opening ??= forAll(() =>
      repeatSafely("read", () => connect(instanceUrl, version, logIn, redact), patienceMs),
    );
    const present = opening;
    present.catch(() => {
      if (opening === present) opening = undefined;
    });
    return unlessEnded(present);
  }

  async function send<T>(
    mode: "read" | "write",
    step: string,
    request: (connection: Connection) => Promise<T>,
    mayLogInAgain = true,
  ): Promise<T> {
    const connection = await open();
    const used = opening;
    try {
      return await withDeadline(mode, request(connection), () => unreachable(step, undefined, instanceUrl));
    } catch (rejection) {
      if (mayLogInAgain && errorCodeOf(rejection) === "INVALID_SESSION_ID" && logIn?.by !== "access token") {
        // Of several requests that meet the end of the session at once, one logs in anew.
        if (opening === used) opening = undefined;
        return send(mode, step, request, false);
      }
      throw errorFrom(step, rejection, instanceUrl, redact);
    }
  }

  // The log-in has its own repetitions; within those of a request they would multiply.
  const read = async <T>(step: string, request: (connection: Connection) => Promise<T>) => {
    await open();
    return repeatSafely("read", () => send("read", step, request), patienceMs);
  };
  const save = async (step: string, request: (metadata: MetadataApi) => Promise<SaveResult>) => {
    await open();
    return repeatSafely(
      "write",
      async () => {
        const result = await send("write", step, (connection) => request(metadataOf(connection)));
        if (!result.success) throw componentRefused(step, result, redact);
      },
      patienceMs,
    );
  };

  return {
    instanceUrl,
    async readMetadata(type, fullName) {
      const record = await read(`read ${type} ${fullName}`, (connection) =>
        metadataOf(connection).read(type, fullName),
      );
      return record.fullName === fullName ? (record as MetadataRecord) : undefined;
    },
    createMetadata: (type, record) =>
      save(`create ${type} ${record.fullName}`, (metadata) => metadata.create(type, record)),
    updateMetadata: (type, record) =>
      save(`update ${type} ${record.fullName}`, (metadata) => metadata.update(type, record)),
    deleteMetadata: (type, fullName) =>
      save(`delete ${type} ${fullName}`, (metadata) => metadata.delete(type, fullName)),
    async listMetadata(types) {
      const queries = types.map((type) => ({ type }));
      const listed = await read(`list ${types.join(", ")}`, (connection) =>
        metadataOf(connection).list(queries, version),
      );
      return listed === undefined ? [] : [listed].flat();
    },
    async query<T>(step: string, soql: string) {
      const path = `/query?q=${encodeURIComponent(soql)}`;
      const answer = await read(step, (connection) => requestOnce<{ records: T[] }>(connection, path));
      return answer.records;
    },
    get: (step, path) => read(step, (connection) => requestOnce(connection, path)),
  };
}

function metadataOf(connection: Connection): MetadataApi {
  return connection.metadata as unknown as MetadataApi;
}

/** jsforce would repeat GET requests on its own, deaf to Retry-After. */
function requestOnce<T>(connection: Connection, path: string): Promise<T> {
  return connection.request<T>({ method: "GET", url: path }, { retry: { maxRetries: 0 } } as object);
}

async function connect(
  instanceUrl: string,
  version: string,
  logIn: LogIn,
  redact: Redact,
): Promise<Connection> {
  // jsforce reads its only time limit from the environment, when it is loaded; its default is half an hour.
  process.env.HTTP_TIMEOUT ??= String(requestDeadlineMs);
  // The core and its metadata module: the whole client would bring a dozen APIs along, and their memory.
  const [{ Connection }, transports] = await Promise.all([
    import("@jsforce/jsforce-node/lib/core.js"),
    import("@jsforce/jsforce-node/lib/transport.js"),
    import("@jsforce/jsforce-node/lib/api/metadata.js"),
  ]);
  const open = (accessToken: string, url = instanceUrl) =>
    withWholeAnswers(new Connection({ instanceUrl: url, version, accessToken }), transports);
  if (logIn.by === "access token") return open(logIn.accessToken);
  const client = { loginUrl: instanceUrl, clientId: logIn.clientId };
  const grant = await grantOf(logIn, instanceUrl);
  const oauth2 = logIn.by === "client credentials" ? { ...client, clientSecret: logIn.clientSecret } : client;
  const newcomer = new Connection({ instanceUrl, version, oauth2 });
  withWholeAnswers(newcomer.oauth2, transports);
  try {
    const authorized = newcomer.authorize(grant as Parameters<Connection["authorize"]>[0]);
    await withDeadline("read", authorized, () => unreachable("log in", undefined, instanceUrl));
  } catch (rejection) {
    throw logInRefused(rejection, logIn, instanceUrl, redact);
  }
  // A connection that knows no OAuth client never refreshes on its own: jsforce's refresh has no limit.
  return open(newcomer.accessToken ?? "", newcomer.instanceUrl);
}

async function grantOf(
  logIn: Exclude<LogIn, { by: "access token" }>,
  audience: string,
): Promise<Record<string, string>> {
  if (logIn.by === "client credentials") return { grant_type: "client_credentials" };
  return {
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion: await assertionOf(logIn, audience),
  };
}

async function assertionOf(logIn: Extract<LogIn, { by: "JWT bearer" }>, audience: string): Promise<string> {
  const key = await readKey(logIn.keyFile);
  const { SignJWT } = await import("jose");
  return new SignJWT()
    .setProtectedHeader({ alg: "RS256" })
    .setIssuer(logIn.clientId)
    .setSubject(logIn.username)
    .setAudience(audience)
    .setExpirationTime("3m")
    .sign(key);
}

async function readKey(file: string) {
  try {
    return createPrivateKey(await readFile(file));
  } catch (error) {
    throw new CodedError({
      code: "SALESFORCE_KEY_UNREADABLE",
      what: "The private key for the JWT bearer log-in cannot be read.",
      evidence: { file, reason: (error as NodeJS.ErrnoException).code ?? "not a private key in PEM" },
      next: "Point SALESFORCE_JWT_KEY_FILE (or salesforceJwtKeyFile) to the unencrypted PEM file of the key.",
    });
  }
}

/** jsforce's names for an error, without the SOAP namespace prefix. */
function errorCodeOf(rejection: unknown): string | undefined {
  const { errorCode, name } = (rejection ?? {}) as { errorCode?: string; name?: string };
  return (errorCode ?? name)?.replace(/^\w+:/, "");
}

function logInRefused(rejection: unknown, logIn: LogIn, instanceUrl: string, redact: Redact): CodedError {
  const code = errorCodeOf(rejection);
  const answered =
    code !== undefined && /^(invalid_|unsupported_|unauthorized|access_denied|inactive_|OAUTH_)/.test(code);
  if (!answered) return errorFrom("log in", rejection, instanceUrl, redact);
  return new VendorError({
    outcome: "refused",
    code: "SALESFORCE_LOGIN_REFUSED",
    what: `Salesforce refused the log-in by ${logIn.by}.`,
    evidence: { address: instanceUrl, error: code, said: redact((rejection as Error).message) },
    next: "Check the client, its secret or key and user, and that the address is the org's My Domain address. A new client may need some minutes.",
  });
}

function errorFrom(step: string, rejection: unknown, instanceUrl: string, redact: Redact): CodedError {
  if (rejection instanceof CodedError) return rejection;
  const code = errorCodeOf(rejection);
  if (code === undefined || isTransport(rejection, code)) return unreachable(step, rejection, instanceUrl);
  const evidence = { error: code, said: redact((rejection as Error).message).slice(0, 400) };
  if (/^ERROR_HTTP_|^UNKNOWN_EXCEPTION$|^SERVER_UNAVAILABLE$/.test(code)) {
    return new VendorError({
      // A 404 that is not in the vendor's own form comes from something in between, and proves nothing.
      outcome: "unknown",
      code: "SALESFORCE_UNEXPECTED_ANSWER",
      what: `Salesforce, or a proxy before it, gave no usable answer to the request to ${step}.`,
      evidence,
      next: "Run the command again; if it persists, look at the vendor's status page and at proxies in between.",
    });
  }
  return coded(step, code, evidence);
}

function coded(step: string, code: string, evidence: { error: string; said: string }): VendorError {
  if (code === "REQUEST_LIMIT_EXCEEDED") {
    return new VendorError({
      outcome: "rateLimited",
      code: "SALESFORCE_REQUEST_LIMIT",
      what: `The org's request limit is used up; Salesforce refused to ${step}.`,
      evidence,
      next: "Look at the org's API usage; wait, or raise the limit, and run the command again.",
    });
  }
  if (code === "UNABLE_TO_LOCK_ROW") {
    return new VendorError({
      outcome: "rateLimited",
      code: "SALESFORCE_RECORD_LOCKED",
      what: `Somebody else is changing the record; Salesforce refused to ${step}.`,
      evidence,
      next: "Run the command again.",
    });
  }
  if (code === "INVALID_SESSION_ID") {
    return new VendorError({
      outcome: "refused",
      code: "SALESFORCE_TOKEN_REFUSED",
      what: `Salesforce does not accept the access token to ${step}.`,
      evidence,
      next: "Give a fresh SALESFORCE_ACCESS_TOKEN, or use JWT bearer or client credentials, which renew themselves.",
    });
  }
  if (/^(INSUFFICIENT_ACCESS|API_DISABLED_FOR_ORG|INSUFFICIENT_)/.test(code)) {
    return new VendorError({
      outcome: "refused",
      code: "SALESFORCE_PERMISSION_MISSING",
      what: `The user may not ${step}.`,
      evidence,
      next: "Give the user API Enabled, Modify Metadata Through Metadata API Functions, and Create, edit, and delete External Client Apps.",
    });
  }
  return new VendorError({
    outcome: code === "NOT_FOUND" ? "notFound" : "refused",
    code: code === "NOT_FOUND" ? "SALESFORCE_NOT_FOUND" : "SALESFORCE_REQUEST_REFUSED",
    what: `Salesforce refused to ${step}.`,
    evidence,
    next: "Read what Salesforce says above and correct the input it names.",
  });
}

/** Metadata calls answer 200 and tell the failure of each component inside. */
function componentRefused(step: string, { errors = [] }: SaveResult, redact: Redact): VendorError {
  const code = errors[0]?.statusCode ?? "UNKNOWN";
  return coded(step, code, { error: code, said: errors.map(({ message }) => redact(message)).join("; ") });
}

function isTransport(rejection: unknown, code: string): boolean {
  return (
    /^(E[A-Z]+|UND_ERR_\w+|AbortError|TimeoutError|FetchError|TypeError|Error)$/.test(code) ||
    !(rejection instanceof Error)
  );
}

/** Only code and host are told: the client's error object may carry the credentials. */
function unreachable(step: string, rejection: unknown, instanceUrl: string): VendorError {
  const { code, cause } = (rejection ?? {}) as { code?: string; cause?: { code?: string } };
  return new VendorError({
    outcome: "unknown",
    code: "SALESFORCE_UNREACHABLE",
    what: `No answer from Salesforce to the request to ${step}.`,
    evidence: { address: instanceUrl, reason: code ?? cause?.code ?? "no answer" },
    next: "Check the instance URL, the network and proxy settings; for the sandbox, that `npm run sandbox` is running.",
  });
}
