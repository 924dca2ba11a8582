/**
 * The pause that a Retry-After header asks for, in milliseconds: whole seconds, or an HTTP date (RFC 9110, 10.2.3).
 * Undefined where it names none: absent, unreadable, or in the past, also by a clock that goes wrong. Then the usual
 * pauses are kept, so that nobody is asked without any.
 */
export function retryAfterMs(header: string | null | undefined): number | undefined {
  const text = header?.trim() ?? "";
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : untilDate(text);
  return milliseconds > 0 ? milliseconds : undefined;
}

/** NaN for what is no date; `Date.parse` takes numbers and fragments for one. */
function untilDate(text: string): number {
  return /^[A-Z][a-z]+,? .*GMT$/.test(text) ? Date.parse(text) - Date.now() : Number.NaN;
}
