import type { Side } from "../signIn/differential.ts";
import type { TranscriptEntry } from "../signIn/transcript.ts";
import type { RequestIds } from "./bundle.ts";

/** A request, and in which of the two sign-ins it was sent, where somebody signed in. */
export type SignInRequest = TranscriptEntry & { signIn?: Side | undefined };

/** By what the vendors' engineers find a request in their logs. */
export function requestIds({
  signIn,
  at,
  method,
  url,
  status,
  answerHeaders,
  answerBody,
}: SignInRequest): RequestIds {
  const { contextId } = (answerBody ?? {}) as { contextId?: string };
  const ids = answerHeaders ?? {};
  return {
    signIn,
    at,
    request: `${method} ${url.split("?", 1)[0]}`,
    status,
    contextId,
    correlationId:
      ids["genesys-correlation-id"] ?? ids["inin-correlation-id"] ?? ids["x-sfdc-request-id"] ?? undefined,
  };
}
