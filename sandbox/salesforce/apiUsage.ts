import type { Org } from "./org.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** How many API calls the org may make in 24 hours, and how many it has made. */
export interface ApiUsage {
  max: number;
  used: number;
}

export function apiUsage({ store, assumptions }: Org): ApiUsage {
  const { since, calls } = store.state.apiUsage;
  return { max: assumptions.dailyApiRequests.chosen, used: Date.now() < since + DAY_MS ? calls : 0 };
}

/** Counts a call by SOAP or REST; `false` when the org has none left. Kept with the next change that is saved. */
export function countApiCall(org: Org): boolean {
  const { max, used } = apiUsage(org);
  if (used >= max) return false;
  const since = used === 0 ? Date.now() : org.store.state.apiUsage.since;
  org.store.state.apiUsage = { since, calls: used + 1 };
  return true;
}
