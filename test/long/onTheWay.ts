/** Faults that any request may meet, and that pass. */
export const onTheWay = [
  "connection-reset",
  "lost-response",
  "truncated-body",
  "html-answer",
  "request-timeout",
  "rate-limited-without-retry-after",
  "internal-error",
  "bad-gateway",
  "service-unavailable",
  "gateway-timeout",
  "unknown-fields",
  "unknown-enum-values",
  "lists-miss-newest",
  "stale-reads",
] as const;

/** Two of them for each seed; all pairs at a distance come up in turn. */
export function twoOnTheWay(seed: number): Set<string> {
  const at = (index: number) => onTheWay[index % onTheWay.length] ?? onTheWay[0];
  return new Set([at(seed), at(seed * 5 + 1)]);
}
