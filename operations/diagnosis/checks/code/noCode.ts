import type { FailedStep } from "../../../signIn/check.ts";
import { notRun, type Outcome } from "../../check.ts";

/** For checks of a fresh code, where the provider gave none. */
export function noCode({ step, code }: FailedStep): Outcome {
  return notRun(`There is no code: the sign-in ended in its step ${step}.`, { code });
}
