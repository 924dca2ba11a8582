import type { z } from "zod";
import { type Assumptions, assumptionsSchema } from "./assumptions.ts";
import { CodedError } from "./errors.ts";
import { type GenesysConnection, openGenesys } from "./genesys/connection.ts";
import { genesysSettings } from "./genesys/settings.ts";
import { openSalesforce, type SalesforceConnection } from "./salesforce/connection.ts";
import { salesforceSettings } from "./salesforce/settings.ts";
import { describeProblems, type ReadConfig, readSettings, settingProblems } from "./settings.ts";

/** The way to both vendors. Each is logged in to on first use, once per process. */
export interface Connections {
  genesys(): GenesysConnection;
  salesforce(): SalesforceConnection;
  assumptions(): Assumptions;
  /** Owners of sets that this process has begun to make: none of their members is left over from a crash. */
  readonly begun: Set<string>;
  /** Objects that this process has deleted: a replacement does not adopt them again. */
  readonly removed: Set<string>;
}

/** @param readConfig reads a key of the stack configuration; environment variables go first */
export function connectionsFrom(readConfig: ReadConfig): Connections {
  return {
    genesys: () =>
      once(JSON.stringify(readSettings(genesysSettings, readConfig)), () =>
        openGenesys(checked(genesysSettings, readConfig)),
      ),
    salesforce: () =>
      once(JSON.stringify(readSettings(salesforceSettings, readConfig)), () =>
        openSalesforce(checked(salesforceSettings, readConfig)),
      ),
    assumptions: () => assumptionsSchema.parse(JSON.parse(readConfig("assumptions") ?? "{}")),
    begun: once("begun", () => new Set<string>()),
    removed: once("removed", () => new Set<string>()),
  };
}

/** One connection per process and log-in, whichever resource asks first: the vendors limit log-ins. */
const opened = new Map<string, unknown>();

function once<T>(key: string, open: () => T): T {
  if (!opened.has(key)) opened.set(key, open());
  return opened.get(key) as T;
}

function checked<T extends z.ZodObject>(schema: T, readConfig: ReadConfig): z.infer<T> {
  const raw = readSettings(schema, readConfig);
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  throw new CodedError({
    code: "SETTINGS_INVALID",
    what: `The connection settings are not usable:\n${describeProblems(settingProblems(schema, raw, result.error))}`,
    next: "Set them with `pulumi config set KEY VALUE` or in the environment.",
  });
}
