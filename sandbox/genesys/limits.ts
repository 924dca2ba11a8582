import type { GenesysAssumptions } from "../assumptions.ts";

/** How often the org may be asked. */
export interface Limits {
  requestsPerMinute: number;
  loginsPerMinute: number;
}

/** The vendor's own: 300 requests a minute and token; its login limit is not public. */
export function vendorLimits({ loginsPerMinute }: GenesysAssumptions): Limits {
  return { requestsPerMinute: 300, loginsPerMinute: loginsPerMinute.chosen };
}

const WINDOW_MS = 60_000;

/** Counts by key in windows of one minute. */
export class RateLimit {
  readonly #allowed: number;
  readonly #windows = new Map<string, { endsAt: number; count: number }>();

  constructor(allowedPerMinute: number) {
    this.#allowed = allowedPerMinute;
  }

  get allowed(): number {
    return this.#allowed;
  }

  /** Counts one request; the seconds to wait when it is one too many, otherwise nothing. */
  secondsToWait(key: string): number | undefined {
    const at = Date.now();
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= at) {
      window = { endsAt: at + WINDOW_MS, count: 0 };
      this.#windows.set(key, window);
    }
    window.count += 1;
    return window.count > this.#allowed ? Math.ceil((window.endsAt - at) / 1000) : undefined;
  }
}
