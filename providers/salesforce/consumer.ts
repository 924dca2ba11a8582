import { z } from "zod";
import { CodedError, hasOutcome } from "../errors.ts";
import { waitFor } from "../waiting.ts";
import * as answers from "./answers.ts";
import type { SalesforceConnection } from "./connection.ts";

type Consumer = z.output<typeof answers.consumer>;

/** What is known of the consumer before the Connect REST API is asked. The ids are guesses: the key proves them. */
export interface ConsumerClues {
  developerName: string;
  consumerKey: string;
  appId: string | undefined;
  consumerId: string | undefined;
}

/** The OAuth consumer of an app, with its secret, from the Connect REST API. */
export async function readConsumer(salesforce: SalesforceConnection, clues: ConsumerClues) {
  const { consumerKey } = clues;
  const appId = clues.appId ?? (await recordIdOf(salesforce, clues.developerName));
  const guessed = clues.consumerId && (await consumerUnlessGone(salesforce, appId, clues.consumerId));
  const consumer =
    guessed && guessed.key === consumerKey ? guessed : await findConsumer(salesforce, appId, consumerKey);
  if (!consumer.secret) throw secretHidden({});
  return { appId, consumerId: consumer.id, consumerKey, consumerSecret: consumer.secret };
}

/** Record id of an app that was just read: that a query does not show it yet says nothing. */
export async function recordIdOf(salesforce: SalesforceConnection, developerName: string): Promise<string> {
  const look = () => findAppId(salesforce, developerName);
  const found = await look();
  if (found) return found;
  return waitFor({
    what: `the record of the app ${developerName} to be found`,
    look,
    done: (id) => id !== "",
    state: () => "not found",
    deadlineMs: 30_000,
  });
}

/** Record id of the app of this name; "" when there is none. */
async function findAppId(salesforce: SalesforceConnection, developerName: string): Promise<string> {
  // The name has letters, digits and underscores only, so nothing in it needs escaping.
  const soql = `SELECT Id FROM ExternalClientApplication WHERE DeveloperName = '${developerName}'`;
  const [record] = await salesforce.query(
    "find the record of the app",
    z.looseObject({ Id: z.string() }),
    soql,
  );
  return record?.Id ?? "";
}

async function consumerUnlessGone(salesforce: SalesforceConnection, appId: string, consumerId: string) {
  try {
    return await consumerOf(salesforce, appId, consumerId);
  } catch (error) {
    if (hasOutcome(error, "notFound")) return undefined;
    throw error;
  }
}

/** A new app may not be listed at once. */
async function findConsumer(
  salesforce: SalesforceConnection,
  appId: string,
  consumerKey: string,
): Promise<Consumer> {
  const listed = await waitFor({
    what: "the OAuth consumer of the app to be listed",
    look: async () => (await readCredentials(salesforce, answers.consumers, appId)).consumers ?? [],
    done: (consumers) => consumers.some(({ key }) => key === consumerKey),
    state: (consumers) => `${consumers.length} others`,
  });
  return consumerOf(salesforce, appId, String(listed.find(({ key }) => key === consumerKey)?.id));
}

/** With key and secret. */
function consumerOf(salesforce: SalesforceConnection, appId: string, id: string): Promise<Consumer> {
  return readCredentials(salesforce, answers.consumer, `${appId}/${id}?part=keyandsecret`);
}

/** @param path below /apps/oauth/credentials/ */
export async function readCredentials<T extends z.ZodType>(
  salesforce: SalesforceConnection,
  shape: T,
  path: string,
): Promise<z.output<T>> {
  try {
    return await salesforce.get("read the app's OAuth credentials", shape, `/apps/oauth/credentials/${path}`);
  } catch (error) {
    // The exact answer while the org's switch is off is not documented; these texts were seen.
    const hidden =
      error instanceof CodedError &&
      /not (currently )?enabled|FUNCTIONALITY_NOT_ENABLED/i.test(error.message);
    throw hidden ? secretHidden(error.evidence) : error;
  }
}

function secretHidden(evidence: CodedError["evidence"]): CodedError {
  return new CodedError({
    code: "SALESFORCE_SECRET_HIDDEN",
    what: "Salesforce does not give the consumer secret over its REST API.",
    evidence,
    next: "In Setup, External Client App Settings, allow access to consumer secrets via REST API, and give the user the permissions View Client Secret and External Client App Developer.",
  });
}
