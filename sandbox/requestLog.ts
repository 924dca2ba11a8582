/** One answered request. The path is without its query, and no body is kept: the log holds no secrets. */
export interface LoggedRequest {
  /** ISO date. */
  at: string;
  method: string;
  path: string;
  /** 0: the connection broke before the whole answer was sent. */
  status: number;
}

const KEPT = 10_000;

/** The requests one vendor answered: the last 10,000 in full, and the number of all since the last `clear`. */
export class RequestLog {
  #entries: LoggedRequest[] = [];
  #count = 0;

  /** Oldest first. */
  get entries(): readonly LoggedRequest[] {
    return this.#entries;
  }

  count(): number {
    return this.#count;
  }

  clear(): void {
    this.#entries = [];
    this.#count = 0;
  }

  add(request: LoggedRequest): void {
    this.#count += 1;
    this.#entries.push(request);
    if (this.#entries.length > KEPT) this.#entries.shift();
  }
}
