/** Facts that prove an error, safe to print: statuses, vendor codes, ids, URLs without secrets. */
export type Evidence = Readonly<Record<string, string | number | boolean | undefined>>;

export interface CodedErrorParts {
  /** Stable code in capitals, e.g. `GENESYS_LOGIN_REFUSED`. Never reused for another meaning. */
  code: string;
  /** One sentence: what happened. */
  what: string;
  evidence?: Evidence;
  /** What the reader should do next. */
  next: string;
}

/**
 * An error a person can meet: stable code, what happened, the evidence, what to do next.
 * `message` holds all of it as lines, since the engine shows nothing but the message.
 */
export class CodedError extends Error {
  readonly code: string;
  readonly what: string;
  readonly evidence: Evidence;
  readonly next: string;

  constructor({ code, what, evidence = {}, next }: CodedErrorParts) {
    super(describe({ code, what, evidence, next }));
    this.name = "CodedError";
    this.code = code;
    this.what = what;
    this.evidence = evidence;
    this.next = next;
  }
}

function describe({ code, what, evidence, next }: Required<CodedErrorParts>): string {
  const facts = Object.entries(evidence).filter(([, value]) => value !== undefined && value !== "");
  const lines = [`${code}: ${what}`];
  if (facts.length > 0)
    lines.push(`  evidence: ${facts.map(([key, value]) => `${key} ${value}`).join(", ")}`);
  lines.push(`  next: ${next}`);
  return lines.join("\n");
}

/**
 * What is known of a request that did not succeed:
 * - `refused`: answered, nothing happened
 * - `notFound`: answered by the vendor's own not-found, the only proof that something is gone
 * - `conflict`: answered, somebody else wrote in between
 * - `rateLimited`: answered, nothing happened, may be repeated after a pause
 * - `unknown`: no usable answer, so a write may have happened
 */
export type Outcome = "refused" | "notFound" | "conflict" | "rateLimited" | "unknown";

/** A request to a vendor that did not succeed. */
export class VendorError extends CodedError {
  readonly outcome: Outcome;
  /** The pause the vendor asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(parts: CodedErrorParts & { outcome: Outcome; retryAfterMs?: number }) {
    super(parts);
    this.name = "VendorError";
    this.outcome = parts.outcome;
    this.retryAfterMs = parts.retryAfterMs;
  }
}

export function hasOutcome(error: unknown, ...outcomes: Outcome[]): error is VendorError {
  return error instanceof VendorError && outcomes.includes(error.outcome);
}

/**
 * The text for anything that was thrown. What has no code gets one, and what is no error a text.
 * @param cut takes the beginning of a text that is too long
 */
export function messageOf(thrown: unknown, cut?: (text: string) => string): string {
  const text = textOf(thrown, cut);
  return isCoded(thrown) ? text : `UNEXPECTED_ERROR: ${text}`;
}

/** Is the message all that a person needs, so that a stack trace would only be in the way? */
export function isCoded(thrown: unknown): boolean {
  const cause = causeOf(thrown);
  return [thrown, cause, causeOf(cause)].some((error) => error instanceof CodedError);
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

/** In characters: an error travels in a header, which has its limits. */
export const longestText = 20_000;

/** Also for what is no error. Nothing that is thrown keeps an answer from being given: not what has no text, nor half a character in it. */
export function textOf(thrown: unknown, cut = (text: string) => text.slice(0, longestText)): string {
  try {
    const text = String(thrown instanceof Error ? thrown.message : thrown);
    return cut(text).toWellFormed();
  } catch {
    return `a thrown ${typeof thrown} without a text`;
  }
}

/** What was asked of a member failed. The message is fit to be shown: no secrets, and a code wherever there is one. */
export class Failure extends Error {
  /** The object, where there is one that must be recorded. */
  readonly made: { id: string; outputs: Record<string, unknown> } | undefined;

  constructor(message: string, made: Failure["made"], cause: unknown) {
    super(message, { cause });
    this.made = made;
  }
}
