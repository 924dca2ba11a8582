import { CodedError } from "../providers/errors.ts";

/** A fault as a running sandbox shows it. */
export interface FaultStatus {
  name: string;
  kind: "transport" | "set" | "ghost";
  /** What a user would see, in one sentence. */
  seen: string;
  member?: string;
  cause?: string;
  /** Absent while it is off. */
  on?: { options: Record<string, unknown>; matched: number; struck: number };
}

/** Why the sandbox does not do as it was told. */
type Refusal = Record<"code" | "what" | "evidence" | "next", string>;

const deadlineMs = 10_000;

/**
 * The faults of a sandbox that runs, over HTTP.
 *
 * @throws CodedError SANDBOX_NOT_RUNNING, SANDBOX_OTHER_VERSION, and the sandbox's own refusals
 */
export class SandboxFaults {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async list(): Promise<FaultStatus[]> {
    return ((await this.#send("GET", "")) as { faults: FaultStatus[] }).faults;
  }

  async on(name: string, options: object): Promise<FaultStatus> {
    return (await this.#send("PUT", `/${encodeURIComponent(name)}`, options)) as FaultStatus;
  }

  async off(name: string): Promise<void> {
    await this.#send("DELETE", `/${encodeURIComponent(name)}`);
  }

  async allOff(): Promise<void> {
    await this.#send("DELETE", "");
  }

  async #send(method: string, path: string, body?: object): Promise<unknown> {
    const response = await this.#reach(method, path, body);
    if (response.status === 204) return undefined;
    const answer = (await response.json().catch(() => undefined)) as { error?: Refusal } | undefined;
    if (response.ok && answer) return answer;
    if (answer?.error?.code) throw refusal(answer.error);
    throw new CodedError({
      code: "SANDBOX_OTHER_VERSION",
      what: "What listens there is no sandbox with faults.",
      evidence: { url: this.#url, status: response.status },
      next: "Give the address of Salesforce or Genesys of a running sandbox by --url, and restart an older one.",
    });
  }

  async #reach(method: string, path: string, body?: object): Promise<Response> {
    try {
      return await fetch(`${this.#url.replace(/\/$/, "")}/_sandbox/faults${path}`, {
        method,
        headers: body && { "content-type": "application/json" },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(deadlineMs),
      });
    } catch (error) {
      const { cause, message } = error as Error;
      throw new CodedError({
        code: "SANDBOX_NOT_RUNNING",
        what: "The sandbox could not be reached.",
        evidence: { url: this.#url, reason: cause instanceof Error ? cause.message : message },
        next: "Start it in another terminal by `npx amsg sandbox`; if it has other ports, give --url.",
      });
    }
  }
}

function refusal({ evidence, ...parts }: Refusal): CodedError {
  return new CodedError({ ...parts, evidence: { sandbox: evidence } });
}
