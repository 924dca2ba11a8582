import { z } from "zod";
import { answerBytesAtMost, FlawedAnswer, tooLong } from "../answers.ts";
import { clock } from "../clock.ts";
import { type Outcome, VendorError } from "../errors.ts";
import { during, operation } from "../operation.ts";
import { retryAfterMs } from "../retryAfter.ts";
import { repeatSafely, requestDeadlineMs } from "../waiting.ts";

const documentSchema = z.object({
  issuer: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
});

/** What the set needs of an OpenID Connect discovery document. */
export interface Discovery {
  discoveryUrl: string;
  issuer: string;
  authorizeUrl: string;
}

export function discoveryUrlOf(loginHost: string): string {
  return `${loginHost.replace(/\/+$/, "")}/.well-known/openid-configuration`;
}

/** @param loginHost the org's address, or that of the Experience Cloud site with its path */
export async function discover(loginHost: string): Promise<Discovery> {
  const discoveryUrl = discoveryUrlOf(loginHost);
  const document = await during("read the discovery document", () =>
    repeatSafely("read", () => fetchDocument(discoveryUrl)),
  );
  return { discoveryUrl, issuer: document.issuer, authorizeUrl: document.authorization_endpoint };
}

async function fetchDocument(discoveryUrl: string) {
  let response: Response;
  let text: string;
  try {
    // Genesys follows no redirects that we know of: a document that has moved is a wrong address.
    response = await fetch(discoveryUrl, {
      redirect: "manual",
      signal: AbortSignal.any([AbortSignal.timeout(clock().limit(requestDeadlineMs)), operation().signal]),
    });
    text = await textOf(response);
  } catch (error) {
    operation().signal.throwIfAborted();
    const { name, cause } = error as Error & { cause?: { code?: string } };
    const reason = error instanceof FlawedAnswer ? error.message : (cause?.code ?? name);
    throw unusable(discoveryUrl, "unknown", { reason });
  }
  const document = documentSchema.safeParse(parsed(text));
  if (response.ok && document.success) return document.data;
  const missing = document.error?.issues.map(({ path }) => path.join(".")).filter(Boolean);
  const contentType = response.headers.get("content-type") ?? "none";
  const evidence = {
    status: response.status,
    "content type": contentType,
    "missing or invalid": missing?.join(", "),
  };
  const toldPause = retryAfterMs(response.headers.get("retry-after"));
  throw unusable(discoveryUrl, outcomeOf(response.status), evidence, toldPause);
}

/** The address itself is wrong; anything else may be a proxy's page, or a passing fault. */
function outcomeOf(status: number): Outcome {
  if (status === 429) return "rateLimited";
  return status >= 300 && status < 500 && ![408, 425].includes(status) ? "refused" : "unknown";
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > answerBytesAtMost) throw tooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unusable(
  address: string,
  outcome: Outcome,
  evidence: Record<string, string | number | undefined>,
  toldPause?: number,
) {
  const correct =
    "Set the login host to the address at which visitors sign in: the org's My Domain or the Experience Cloud site with its path.";
  return new VendorError({
    outcome,
    code: "DISCOVERY_UNUSABLE",
    what: "The address gives no usable OpenID Connect discovery document.",
    evidence: { address, ...evidence },
    next: outcome === "refused" ? correct : `Run the command again; if it persists: ${correct}`,
    retryAfterMs: toldPause,
  });
}
