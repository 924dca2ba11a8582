import { createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Connection } from "@jsforce/jsforce-node";
import { readable } from "../answers.ts";
import { CodedError, VendorError } from "../errors.ts";
import type { Redact } from "../redaction.ts";
import { requestDeadlineMs, withDeadline } from "../waiting.ts";
import { tokenAnswer } from "./answers.ts";
import { errorCodeOf, errorFrom, told, unreachable } from "./errors.ts";
import { type MetadataApi, metadataApi } from "./metadataApi.ts";
import type { LogIn } from "./settings.ts";
import { withWholeAnswers } from "./transport.ts";

/** An org that is logged in to. */
export interface Session {
  connection: Connection;
  metadata: MetadataApi;
}

export async function connect(
  instanceUrl: string,
  version: string,
  logIn: LogIn,
  redact: Redact,
): Promise<Session> {
  // jsforce reads its only time limit from the environment, when it is loaded; its default is half an hour.
  process.env.HTTP_TIMEOUT ??= String(requestDeadlineMs);
  // The core and what SOAP needs: the whole client would bring a dozen APIs along, and their memory.
  const [{ Connection }, { SOAP }, transports] = await Promise.all([
    import("@jsforce/jsforce-node/lib/core.js"),
    import("@jsforce/jsforce-node/lib/soap.js"),
    import("@jsforce/jsforce-node/lib/transport.js"),
  ]);
  // A connection that knows no OAuth client never refreshes on its own: jsforce's refresh has no limit.
  const open = (accessToken: string, url = instanceUrl): Session => {
    const connection = withWholeAnswers(
      new Connection({ instanceUrl: url, version, accessToken }),
      transports,
    );
    return { connection, metadata: metadataApi(connection, SOAP) };
  };
  if (logIn.by === "access token") return open(logIn.accessToken);
  const client = { loginUrl: instanceUrl, clientId: logIn.clientId };
  const grant = await grantOf(logIn, instanceUrl);
  const oauth2 = logIn.by === "client credentials" ? { ...client, clientSecret: logIn.clientSecret } : client;
  const newcomer = new Connection({ instanceUrl, version, oauth2 });
  withWholeAnswers(newcomer.oauth2, transports);
  try {
    const asked = newcomer.oauth2.requestToken(grant);
    const answer = await withDeadline("read", asked, () => unreachable("log in", undefined, instanceUrl));
    const { access_token, instance_url } = readable(tokenAnswer, answer);
    return open(access_token, instance_url);
  } catch (rejection) {
    throw logInRefused(rejection, logIn, instanceUrl, redact);
  }
}

type Grant = { grant_type: string } & Record<string, string>;

async function grantOf(logIn: Exclude<LogIn, { by: "access token" }>, audience: string): Promise<Grant> {
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

function logInRefused(rejection: unknown, logIn: LogIn, instanceUrl: string, redact: Redact): CodedError {
  const code = errorCodeOf(rejection);
  const answered =
    code !== undefined && /^(invalid_|unsupported_|unauthorized|access_denied|inactive_|OAUTH_)/.test(code);
  if (!answered) return errorFrom("log in", rejection, instanceUrl, redact);
  return new VendorError({
    outcome: "refused",
    code: "SALESFORCE_LOGIN_REFUSED",
    what: `Salesforce refused the log-in by ${logIn.by}.`,
    evidence: { address: instanceUrl, ...told(code, (rejection as Error).message, redact) },
    next: "Check the client, its secret or key and user, and that the address is the org's My Domain address. A new client may need some minutes.",
  });
}
