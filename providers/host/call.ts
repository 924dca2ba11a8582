import { callDeadlineMs, cancelled, limited, operationDeadlineMs } from "../operation.ts";
import type { EngineLog } from "./engineLog.ts";

/** The calls that are under way, and what ends them. */
export interface Calls {
  /**
   * Runs one call for a resource: Cancel or the time limit end its waits, its messages go to the engine.
   * @param timeoutSeconds from the resource option `customTimeouts`; 0 when it says nothing
   */
  run<T>(urn: string, timeoutSeconds: number, call: () => Promise<T>): Promise<T>;
  /** Ends all waits at once, those of later calls too: after Ctrl-C the engine waits for what is under way. */
  cancel(): void;
}

export function calls(log: EngineLog): Calls {
  const cancelling = new AbortController();
  return {
    cancel: () => cancelling.abort(cancelled()),
    async run(urn, timeoutSeconds, call) {
      const isLimited = timeoutSeconds > 0;
      const messages: Promise<void>[] = [];
      let isTold = false;
      const present = {
        stack: stackOf(urn),
        signal: cancelling.signal,
        // With a time limit of its own, no wait needs another.
        patienceMs: isLimited ? Number.POSITIVE_INFINITY : operationDeadlineMs,
        tell: (text: string) => {
          isTold = true;
          messages.push(log.tell(urn, text));
        },
        warn: (text: string) => messages.push(log.warn(urn, text)),
      };
      try {
        return await limited(isLimited ? timeoutSeconds * 1000 : callDeadlineMs, present, call);
      } finally {
        // The line would go on showing the last text until the whole update ends.
        if (isTold) messages.push(log.tell(urn, ""));
        // A message that arrived after the answer would have no line to stand on.
        await Promise.all(messages);
      }
    },
  };
}

/** `<project>/<stack>` of `urn:pulumi:<stack>::<project>::<type>::<name>`. */
export function stackOf(urn: string): string {
  const [stack, project] = urn.replace(/^urn:pulumi:/, "").split("::");
  return `${project}/${stack}`;
}
