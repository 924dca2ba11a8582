import type { Connection } from "@jsforce/jsforce-node";
import type { z } from "zod";
import { readable } from "../answers.ts";
import { during, forAll, unlessEnded } from "../operation.ts";
import { redactorOfConnection } from "../redaction.ts";
import { repeatSafely, withDeadline } from "../waiting.ts";
import { queryResult } from "./answers.ts";
import { componentRefused, errorCodeOf, errorFrom, provingNothing, unreachable } from "./errors.ts";
import { connect, type Session } from "./logIn.ts";
import type { FileProperties, MetadataApi, MetadataRecord, SaveResult } from "./metadataApi.ts";
import { logInOf, type SalesforceSettings } from "./settings.ts";

export type { FileProperties, MetadataRecord } from "./metadataApi.ts";

/** One Salesforce org, logged in to on first use. `step` is for errors: "read the OAuth settings". */
export interface SalesforceConnection {
  readonly instanceUrl: string;
  /** The component, or undefined when the org answers that there is none of that name. */
  readMetadata(type: string, fullName: string): Promise<MetadataRecord | undefined>;
  createMetadata(type: string, record: MetadataRecord): Promise<void>;
  /** @param anew the record made of what is there now: whoever held the lock before a repetition may have changed it */
  updateMetadata(type: string, record: MetadataRecord, anew?: () => Promise<MetadataRecord>): Promise<void>;
  deleteMetadata(type: string, fullName: string): Promise<void>;
  /** At most three types a call. */
  listMetadata(types: readonly string[]): Promise<FileProperties[]>;
  /** @param record the shape of each record */
  query<T extends z.ZodType>(step: string, record: T, soql: string): Promise<z.output<T>[]>;
  /** The only request whose "not found" says that an object is gone. @param path of that object, below /services/data/vXX.X */
  get<T extends z.ZodType>(step: string, shape: T, path: string): Promise<z.output<T>>;
}

/** @param patienceMs how long a request that is refused for now is repeated */
export function openSalesforce(settings: SalesforceSettings, patienceMs?: number): SalesforceConnection {
  const instanceUrl = new URL(settings.salesforceInstanceUrl).origin;
  const version = settings.salesforceApiVersion;
  const logIn = logInOf(settings);
  const secrets = new Set([settings.salesforceAccessToken, settings.salesforceClientSecret]);
  const redact = redactorOfConnection(secrets);
  let opening: Promise<Session> | undefined;

  async function open(): Promise<Session> {
    if (logIn === undefined) throw new TypeError("Salesforce settings without a log-in");
    opening ??= forAll(() =>
      repeatSafely(
        "read",
        async () => {
          const session = await connect(instanceUrl, version, logIn, redact);
          secrets.add(session.connection.accessToken ?? undefined);
          return session;
        },
        patienceMs,
      ),
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
    request: (session: Session) => Promise<T>,
    mayLogInAgain = true,
  ): Promise<T> {
    const session = await open();
    const used = opening;
    try {
      return await withDeadline(mode, request(session), () => unreachable(step, undefined, instanceUrl));
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
  const read = <T>(step: string, request: (session: Session) => Promise<T>) =>
    during(step, async () => {
      await open();
      return repeatSafely("read", () => send("read", step, request), patienceMs);
    });
  const save = (
    step: string,
    request: (metadata: MetadataApi) => Promise<SaveResult>,
    beforeAgain?: () => Promise<void>,
  ) => {
    let tries = 0;
    const saveOnce = async () => {
      if (tries++ > 0) await beforeAgain?.();
      const result = await send("write", step, ({ metadata }) => request(metadata));
      if (result.errors.length > 0) throw componentRefused(step, result, redact);
    };
    const saving = during(step, async () => {
      await open();
      return repeatSafely("write", saveOnce, patienceMs);
    });
    return unaddressed(saving);
  };
  const get = <T extends z.ZodType>(step: string, shape: T, path: string) =>
    read(step, async ({ connection }) => readable(shape, await requestOnce(connection, path)));
  const call = <T>(step: string, request: (metadata: MetadataApi) => Promise<T>) =>
    unaddressed(read(step, ({ metadata }) => request(metadata)));

  return {
    instanceUrl,
    readMetadata: (type, fullName) =>
      call(`read ${type} ${fullName}`, (metadata) => metadata.read(type, fullName)),
    createMetadata: (type, record) =>
      save(`create ${type} ${record.fullName}`, (metadata) => metadata.create(type, record)),
    updateMetadata(type, record, anew) {
      let latest = record;
      const readAgain = async () => {
        latest = (await anew?.()) ?? latest;
      };
      return save(
        `update ${type} ${record.fullName}`,
        (metadata) => metadata.update(type, latest),
        readAgain,
      );
    },
    deleteMetadata: (type, fullName) =>
      save(`delete ${type} ${fullName}`, (metadata) => metadata.delete(type, fullName)),
    listMetadata: (types) => call(`list ${types.join(", ")}`, (metadata) => metadata.list(types)),
    async query(step, record, soql) {
      const path = `/query?q=${encodeURIComponent(soql)}`;
      const { records } = await unaddressed(get(step, queryResult(record), path));
      return records as z.output<typeof record>[];
    },
    get,
  };
}

function unaddressed<T>(request: Promise<T>): Promise<T> {
  return request.catch((error: unknown) => {
    throw provingNothing(error);
  });
}

/** jsforce would repeat GET requests on its own, deaf to Retry-After. */
function requestOnce(connection: Connection, path: string): Promise<unknown> {
  return connection.request({ method: "GET", url: path }, { retry: { maxRetries: 0 } } as object);
}
