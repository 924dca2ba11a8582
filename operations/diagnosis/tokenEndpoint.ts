import { randomBytes } from "node:crypto";
import { VendorError } from "../../providers/errors.ts";
import { operation } from "../../providers/operation.ts";
import { redactor } from "../../providers/redaction.ts";
import { repeatSafely, requestDeadlineMs } from "../../providers/waiting.ts";

/** How a client proves itself to a token endpoint by its secret (RFC 6749, section 2.3.1). */
export const secretMethods = ["client_secret_basic", "client_secret_post"] as const;
export type SecretMethod = (typeof secretMethods)[number];

export interface Client {
  id: string;
  secret: string;
}

/** What a token endpoint answered. */
export interface TokenAnswer {
  status: number;
  /** The clock of whoever answered. */
  date: Date | undefined;
  body: Record<string, unknown>;
}

/** What a refused token request said. */
export interface Refusal {
  error: string;
  description: string;
}

/**
 * Asks for tokens.
 *
 * @throws VendorError DIAGNOSIS_NO_TOKEN_ANSWER
 */
export async function requestTokens(
  endpoint: string,
  client: Client,
  method: SecretMethod,
  grant: Record<string, string>,
): Promise<TokenAnswer> {
  const { signal } = operation();
  try {
    const { headers, form } = proof(client, method);
    const response = await fetch(endpoint, {
      method: "POST",
      redirect: "manual",
      headers: { accept: "application/json", ...headers },
      body: new URLSearchParams({ ...grant, ...form }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestDeadlineMs)]),
    });
    const body: unknown = await response.json().catch(() => undefined);
    const { status } = response;
    if (typeof body !== "object" || body === null || status >= 500 || status === 429)
      throw noAnswer(endpoint, { status });
    const date = response.headers.get("date");
    return { status, date: date === null ? undefined : new Date(date), body: body as TokenAnswer["body"] };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof VendorError) throw error;
    const { name, cause } = error as Error & { cause?: { code?: string } };
    throw noAnswer(endpoint, { reason: cause?.code ?? name });
  }
}

/** What the answer refuses, if it does, without what was sent: providers repeat it in their words. */
export function refusalIn(
  { status, body }: TokenAnswer,
  { secret }: Client,
  { code, code_verifier }: Readonly<Record<string, string>>,
): Refusal | undefined {
  if (status < 400) return undefined;
  const redact = redactor([secret, code, code_verifier]);
  return {
    error: redact(String(body.error ?? `status ${status}`)),
    description: redact(String(body.error_description ?? "")),
  };
}

/** What the token endpoint says to the client and a code that cannot be one, by method. */
export type ClientProbe = Record<SecretMethod, Refusal | undefined>;

/**
 * Learns whether the token endpoint knows a client: it looks at the client first, and only then finds the code wrong.
 *
 * @param discovery the provider's discovery document
 */
export async function probeClient(
  discovery: Record<string, unknown> | undefined,
  client: Client,
  redirectUri: string,
): Promise<ClientProbe> {
  const endpoint = String(discovery?.token_endpoint);
  const grant = {
    grant_type: "authorization_code",
    code: `invalid-on-purpose-${randomBytes(8).toString("hex")}`,
    redirect_uri: redirectUri,
    code_verifier: randomBytes(32).toString("base64url"),
  };
  const probe = async (method: SecretMethod) =>
    refusalIn(
      await repeatSafely("read", () => requestTokens(endpoint, client, method, grant)),
      client,
      grant,
    );
  const [client_secret_basic, client_secret_post] = await Promise.all([
    probe("client_secret_basic"),
    probe("client_secret_post"),
  ]);
  return { client_secret_basic, client_secret_post };
}

function proof(
  { id, secret }: Client,
  method: SecretMethod,
): Record<"headers" | "form", Record<string, string>> {
  if (method === "client_secret_post") return { headers: {}, form: { client_id: id, client_secret: secret } };
  const encoded = (text: string) => new URLSearchParams({ text }).toString().slice("text=".length);
  const basic = Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString("base64");
  return { headers: { authorization: `Basic ${basic}` }, form: {} };
}

function noAnswer(endpoint: string, reason: { reason?: string; status?: number }): VendorError {
  return new VendorError({
    outcome: "unknown",
    code: "DIAGNOSIS_NO_TOKEN_ANSWER",
    what: "The identity provider's token endpoint gave no usable answer.",
    evidence: { endpoint, ...reason },
    next: "See that this host can be reached from here, and look at the vendor's status page; then run the command again.",
  });
}
