/** One entry of `details` in an error body. */
export interface Detail {
  errorCode?: string;
  fieldName?: string;
  entityId?: string;
  entityName?: string;
}

/** An error the API answers. The generic codes are those of the vendor's public error lists. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Detail[];
  readonly messageParams: Record<string, string> | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { details?: Detail[]; messageParams?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.details = more.details ?? [];
    this.messageParams = more.messageParams;
  }
}

export const badRequest = (message: string, details: Detail[] = []): ApiError =>
  new ApiError(400, "bad.request", message, { details });

export const notFound = (kind: string, id: string): ApiError =>
  new ApiError(404, "not.found", `The requested ${kind} was not found: ${id}`, {
    details: [{ errorCode: "not.found", entityId: id, entityName: kind }],
  });

export const inUse = (kind: string, id: string): ApiError =>
  new ApiError(409, "general.conflict", `The ${kind} ${id} is in use and cannot be deleted.`);

/** The body of every error answer; `contextId` is the value of the correlation id headers. */
export function errorBody(error: ApiError, contextId: string): object {
  const { message, code, status, messageParams, details } = error;
  return { message, code, status, contextId, ...(messageParams && { messageParams }), details, errors: [] };
}
