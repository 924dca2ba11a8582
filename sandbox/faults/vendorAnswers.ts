import { ApiError, errorBody } from "../genesys/errors.ts";
import { sfFault } from "../salesforce/metadata/metadataType.ts";
import { faultResponse } from "../salesforce/metadata/soap.ts";
import type { Answer, Call } from "./fault.ts";

/** An error in a vendor's own shape: which one depends on the API that was called. */
export function vendorError(
  call: Call,
  {
    status,
    genesys,
    salesforce,
    message,
  }: { status: number; genesys: string; salesforce: string; message: string },
  headers: Answer["headers"] = {},
): Answer {
  const { path, vendor, request } = call;
  if (path.startsWith("/services/Soap/")) {
    const body = faultResponse(sfFault(salesforce, message));
    return { status, headers: { ...headers, "content-type": "text/xml; charset=utf-8" }, body };
  }
  if (path.startsWith("/services/data")) return json(status, [{ message, errorCode: salesforce }], headers);
  if (vendor === "genesys" && path !== "/oauth/token") {
    return json(status, errorBody(new ApiError(status, genesys, message), request.id), headers);
  }
  const error = vendor === "genesys" ? genesys : salesforce;
  return json(status, { error, description: message, error_description: message }, headers);
}

export function json(status: number, body: unknown, headers: Answer["headers"] = {}): Answer {
  const type = { "content-type": "application/json; charset=utf-8" };
  return { status, headers: { ...headers, ...type }, body: JSON.stringify(body) };
}

/** The same answer with its JSON changed; other answers, and those of failures, stay as they are. */
export function withJson(answer: Answer, change: (body: unknown) => unknown): Answer {
  const isJson = /^application\/(?:[\w-]+\+)?json/.test(String(answer.headers["content-type"]));
  if (!isJson || answer.status >= 300 || answer.body === "") return answer;
  return { ...answer, body: JSON.stringify(change(JSON.parse(answer.body))) };
}
