/** Every call gets an answer, whatever is thrown: the engine sets no time limit of its own and would wait for ever. */
import { type handleUnaryCall, Metadata, status } from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statuses from "@pulumi/pulumi/proto/status_pb.js";
import anys from "google-protobuf/google/protobuf/any_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { CodedError, Failure, isCoded, messageOf } from "../errors.ts";
import { traceOf } from "../redaction.ts";

/** An answer that tells an error. */
export class Refusal extends Error {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata | undefined;

  constructor(code: status, message: string, metadata?: Metadata) {
    super(message);
    this.code = code;
    this.details = message;
    this.metadata = metadata;
  }
}

export function answering<Request, Answer>(
  call: (request: Request) => Answer | Promise<Answer>,
): handleUnaryCall<Request, Answer> {
  return async ({ request }, respond) => {
    try {
      respond(null, await call(request));
    } catch (error) {
      respond(refusalOf(error));
    }
  };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const message = error instanceof Failure ? error.message : messageOf(error);
  if (!isCoded(error)) report(error, message);
  return new Refusal(status.UNKNOWN, message);
}

/** A fault of this project: where it happened is for its developers. Making the stack's text may throw too. */
function report(error: unknown, message: string): void {
  try {
    console.error(traceOf(error));
  } catch {
    console.error(message);
  }
}

/** The call failed, but there is an object: the engine records it with the reason. */
export function incomplete(id: string, properties: Struct, reason: string): Refusal {
  const detail = new messages.ErrorResourceInitFailed();
  detail.setId(id).setProperties(properties).setReasonsList([reason]);
  const packed = new anys.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const whole = new statuses.Status();
  whole.setCode(status.UNKNOWN).setMessage(reason).addDetails(packed);
  const metadata = new Metadata();
  // The name under which gRPC carries such details in Go.
  metadata.set("grpc-status-details-bin", Buffer.from(whole.serializeBinary()));
  return new Refusal(status.UNKNOWN, reason, metadata);
}

/** The engine has no reason to ask this. */
export function unexpected(what: string, code = status.INVALID_ARGUMENT): Refusal {
  const { message } = new CodedError({
    code: "HOST_REQUEST_UNEXPECTED",
    what: `The engine asked the provider host of this project for what it does not know: ${what}.`,
    next: "Use the resource classes of this project alone, or Pulumi's stock host: remove `plugins` from Pulumi.yaml.",
  });
  return new Refusal(code, message);
}

/** A call that nobody needs here; by the status the engine knows to do without. */
export function unknownCall(name: string): Refusal {
  return unexpected(`the call ${name}`, status.UNIMPLEMENTED);
}
