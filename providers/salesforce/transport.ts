import type { Duplex, PassThrough } from "node:stream";

type TransportModule = Pick<typeof import("@jsforce/jsforce-node/lib/transport.js"), "Transport">;

/**
 * Makes an answer that breaks off an error of its request. jsforce listens to nobody there: the request would wait
 * for ever, and the error end the whole process.
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
  received.once("pipe", (answer) =>
    answer.once("error", (error: Error) => {
      brokenOff(error);
      received.end();
    }),
  );
}
