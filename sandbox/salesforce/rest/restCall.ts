import type { FastifyRequest } from "fastify";
import type { Org } from "../org.ts";
import type { User } from "../state.ts";

/** An error of the REST API: `[{"message", "errorCode"}]`. */
export class RestError extends Error {
  readonly status: number;
  readonly errorCode: string;
  constructor(status: number, errorCode: string, message: string) {
    super(message);
    this.name = "RestError";
    this.status = status;
    this.errorCode = errorCode;
  }
}

/** Who calls, and by which API version. */
export interface RestCaller {
  org: Org;
  user: User;
  version: number;
}

/** The caller of a request; throws for a missing or unknown session, or an unknown API version. */
export type Authenticate = (request: FastifyRequest) => RestCaller;

/** The answer to a path that does not exist. */
export function resourceNotFound(): RestError {
  return new RestError(404, "NOT_FOUND", "The requested resource does not exist");
}
