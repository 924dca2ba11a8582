import type { Duplex, PassThrough, Readable } from "node:stream";
import { answerBytesAtMost, tooLong } from "../answers.ts";
import { clock } from "../clock.ts";
import { requestDeadlineMs } from "../waiting.ts";

type TransportModule = Pick<typeof import("@jsforce/jsforce-node/lib/transport.js"), "Transport">;

/**
 * Makes an answer that breaks off, does not end in time or is too long an error of its request. jsforce listens to
 * nobody there: the request would wait for ever, and the error end the whole process.
 */
export function withWholeAnswers<T extends object>(client: T, { Transport }: TransportModule): T {
  class WholeAnswers extends Transport {
    override httpRequest(...[request, options]: Parameters<InstanceType<typeof Transport>["httpRequest"]>) {
      let brokenOff: (error: Error) => void = () => undefined;
      const broken = new Promise<never>((_resolve, reject) => {
        brokenOff = reject;
      });
      broken.catch(() => undefined);
      const requesting = super.httpRequest(request, options);
      onBreak(requesting.stream(), brokenOff);
      const whole = Promise.race([requesting, broken]);
      return Object.assign(whole, { stream: () => requesting.stream() }) as typeof requesting;
    }
  }
  // The client has a connection or its OAuth part; both send what they send through this member.
  return Object.assign(client, { _transport: new WholeAnswers() });
}

/** jsforce pipes the answer of fetch into the readable half of the request's stream. */
function onBreak(request: Duplex, brokenOff: (error: Error) => void): void {
  const { _readable: received } = request as Duplex & { _readable: PassThrough };
  received.once("pipe", (answer: Readable) => {
    answer.once("error", (error: Error) => {
      brokenOff(error);
      received.end();
    });
    limit(answer);
  });
}

/** An answer that trickles, or does not stop, would hold its connection and the memory that it fills. */
function limit(answer: Readable): void {
  const late = () => answer.destroy(Object.assign(new Error("Late."), { code: "ETIMEDOUT" }));
  const timer = setTimeout(late, clock().limit(requestDeadlineMs));
  answer.once("close", () => clearTimeout(timer));
  let bytes = 0;
  answer.on("data", (chunk: Uint8Array) => {
    bytes += chunk.byteLength;
    if (bytes > answerBytesAtMost) answer.destroy(tooLong());
  });
}
