import { credentials } from "@grpc/grpc-js";
import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";

/** Shows texts to the person, on the line of one resource. */
export interface EngineLog {
  /** Until the next text, or the end of the operation. */
  tell(urn: string, text: string): Promise<void>;
  /** For good. */
  warn(urn: string, text: string): Promise<void>;
}

/** How long the engine may take to accept one text. */
const deadlineMs = 5_000;

/** @param address of the engine; it is called when there is something to say */
export function engineLog(address: string): EngineLog {
  let connecting: ReturnType<typeof connect> | undefined;

  async function log(urn: string, text: string, severity: "INFO" | "WARNING"): Promise<void> {
    connecting ??= connect(address);
    const { client, messages } = await connecting;
    const request: LogRequest = new messages.LogRequest();
    request
      .setUrn(urn)
      .setMessage(text)
      .setSeverity(messages.LogSeverity[severity])
      .setEphemeral(severity === "INFO");
    await send(client, request);
  }

  return {
    tell: (urn, text) => log(urn, text, "INFO"),
    warn: (urn, text) => log(urn, text, "WARNING"),
  };
}

async function connect(address: string) {
  const [{ EngineClient }, { default: messages }] = await Promise.all([
    import("@pulumi/pulumi/proto/engine_grpc_pb.js"),
    import("@pulumi/pulumi/proto/engine_pb.js"),
  ]);
  return { client: new EngineClient(address, credentials.createInsecure()), messages };
}

/** A text that the engine does not take is written where the engine shows all else: what is done goes on. */
function send(client: EngineClient, request: LogRequest): Promise<void> {
  return new Promise((done) => {
    client.log(request, { deadline: Date.now() + deadlineMs } as never, (error) => {
      if (error && !request.getEphemeral()) console.error(request.getMessage());
      done();
    });
  });
}
