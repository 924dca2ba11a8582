import { InvalidArgumentError } from "commander";

/** For options that take a number of seconds. */
export function positiveSeconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("It must be a number of seconds.");
}
