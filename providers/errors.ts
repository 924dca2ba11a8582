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
  if (facts.length > 0) lines.push(`  evidence: ${facts.map(([key, value]) => `${key} ${value}`).join(", ")}`);
  lines.push(`  next: ${next}`);
  return lines.join("\n");
}
