import type { TranscriptEntry } from "../signIn/transcript.ts";
import type { RequestIds } from "./bundle.ts";

/** By what the vendors' engineers find a request in their logs. */
export function requestIds({
  at,
  method,
  url,
  status,
  answerHeaders,
  answerBody,
}: TranscriptEntry): RequestIds {
  const { contextId } = (answerBody ?? {}) as { contextId?: string };
  const ids = answerHeaders ?? {};
  return {
    at,
    request: `${method} ${url.split("?", 1)[0]}`,
    status,
    contextId,
    correlationId:
      ids["genesys-correlation-id"] ?? ids["inin-correlation-id"] ?? ids["x-sfdc-request-id"] ?? undefined,
  };
}
