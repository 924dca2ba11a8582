import { InvalidArgumentError } from "commander";

/** For options that take a number of seconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError("It must be a number of seconds.");
}

/** For options whose work needs some time at least. */
export function positiveSeconds(text: string): number {
  const value = seconds(text);
  if (value > 0) return value;
  throw new InvalidArgumentError("It must be more than 0 seconds.");
}
