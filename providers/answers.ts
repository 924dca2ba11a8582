/** What any vendor's answer must be before anything in it is believed. */
import type { z } from "zod";

/** Longer than any answer that the members have a use for. */
export const answerBytesAtMost = 32 * 2 ** 20;

/** More than any vendor's document has; much of what handles them goes down level by level. */
const levelsAtMost = 100;

/** The vendor answered, but not so that it could be read. Holds no value of the answer, since any may be secret. */
export class FlawedAnswer extends Error {
  /** Where: `entities.3.id`; empty for the answer as a whole. */
  readonly property: string;
  /** What it is not. */
  readonly rule: string;

  constructor(property: string, rule: string) {
    super(`${property || "The answer"}: ${rule}`);
    this.property = property;
    this.rule = rule;
  }
}

export function tooLong(): FlawedAnswer {
  return new FlawedAnswer("", `has more than ${answerBytesAtMost} bytes`);
}

/** The answer in the shape in which the members read it; throws `FlawedAnswer` when it has another. */
export function readable<T extends z.ZodType>(shape: T, answer: unknown): z.output<T> {
  if (isTooDeep(answer)) throw new FlawedAnswer("", `is nested in more than ${levelsAtMost} levels`);
  const { data, error } = shape.safeParse(answer);
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return data as z.output<T>;
  throw new FlawedAnswer(issue.path.join(".").slice(0, 200), issue.message);
}

/** JSON as its value; what is none, or too deep for a client that goes down level by level, as the text it is. */
export function jsonOrText(text: unknown): unknown {
  if (typeof text !== "string" || text === "") return text;
  try {
    const value: unknown = JSON.parse(text);
    return isTooDeep(value) ? text : value;
  } catch {
    return text;
  }
}

function isTooDeep(answer: unknown): boolean {
  let level = [answer];
  for (let depth = 0; depth <= levelsAtMost; depth++) {
    level = level.filter((value) => typeof value === "object" && value !== null).flatMap(Object.values);
    if (level.length === 0) return false;
  }
  return true;
}
