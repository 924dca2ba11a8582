import type { Duplex, PassThrough, Readable } from "node:stream";
import { answerBytesAtMost, tooLong } from "../answers.ts";
import { clock } from "../clock.ts";
import { retryAfterMs } from "../retryAfter.ts";
import { requestDeadlineMs } from "../waiting.ts";

type TransportModule = Pick<typeof import("@jsforce/jsforce-node/lib/transport.js"), "Transport">;

/**
 * Makes an answer that breaks off, does not end in time, is too long or tells of too many requests an error of its
 * request. jsforce listens to nobody where an answer breaks: the request would wait for ever, and the error end the
 * whole process.
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
      const whole = Promise.race([requesting, broken]).then(unlessLimited);
      return Object.assign(whole, { stream: () => requesting.stream() }) as typeof requesting;
    }
  }
  // The client has a connection or its OAuth part; both send what they send through this member.
  return Object.assign(client, { _transport: new WholeAnswers() });
}

/** Whoever says it, nothing happened. jsforce's own error has neither the status nor what was told by headers. */
export class TooManyRequests extends Error {
  /** The pause that was asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The text of the answer. */
  readonly body: string;

  constructor(retryAfter: string | undefined, body: string) {
    super("Too many requests.");
    this.retryAfterMs = retryAfterMs(retryAfter);
    this.body = body;
  }
}

type Answer = Awaited<ReturnType<InstanceType<TransportModule["Transport"]>["httpRequest"]>>;

function unlessLimited(answer: Answer): Answer {
  if (answer?.statusCode !== 429) return answer;
  throw new TooManyRequests(answer.headers["retry-after"], answer.body);
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
