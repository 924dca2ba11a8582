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

  /** @param url of any server of the sandbox */
  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Those of another org of the same sandbox.
   *
   * @throws CodedError SANDBOX_ORG_UNKNOWN
   */
  async ofOrg(name: string): Promise<SandboxFaults> {
    const { orgs } = (await this.#send("GET", "orgs")) as { orgs: { org: string; genesys: string }[] };
    const org = orgs.find((candidate) => candidate.org === name);
    if (org) return new SandboxFaults(org.genesys);
    throw new CodedError({
      code: "SANDBOX_ORG_UNKNOWN",
      what: `The sandbox has no org ${JSON.stringify(name)}.`,
      evidence: { url: this.#url, orgs: orgs.map((known) => known.org).join(", ") },
      next: "Give one of these by --org, or start the sandbox with it: `npx amsg sandbox --orgs dev,staging`.",
    });
  }

  async list(): Promise<FaultStatus[]> {
    return ((await this.#send("GET", "faults")) as { faults: FaultStatus[] }).faults;
  }

  async on(name: string, options: object): Promise<FaultStatus> {
    return (await this.#send("PUT", `faults/${encodeURIComponent(name)}`, options)) as FaultStatus;
  }

  async off(name: string): Promise<void> {
    await this.#send("DELETE", `faults/${encodeURIComponent(name)}`);
  }

  async allOff(): Promise<void> {
    await this.#send("DELETE", "faults");
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
      next: "Give the address of a running sandbox by --url, and restart an older one.",
    });
  }

  async #reach(method: string, path: string, body?: object): Promise<Response> {
    try {
      return await fetch(`${this.#url.replace(/\/$/, "")}/_sandbox/${path}`, {
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
