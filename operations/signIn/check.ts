import type { PageContract } from "../../components/pageContract.ts";
import type { Evidence } from "../../providers/errors.ts";
import { type SignInOptions, signIn } from "./signIn.ts";
import { SignInError, type SignInStep, type StepName } from "./steps.ts";
import type { Visitor } from "./visitor.ts";

/** The step at which a sign-in ended, and why. */
export interface FailedStep {
  step: StepName;
  code: string;
  what: string;
  /** Without any secret. */
  evidence: Evidence;
  next: string;
}

/** What a sign-in showed of a set. */
export interface SignInVerdict {
  ok: boolean;
  /**
   * Whether the attempt says anything about the set. It does not when a vendor did not answer, or when the visitor did
   * not get as far as the set: a wrong password, nobody at the browser.
   */
  tried: boolean;
  /** Subject of the guest token, when it has one. */
  subject?: string | undefined;
  /** When the guest token would have expired, ISO 8601. */
  expiresAt?: string | undefined;
  steps: readonly SignInStep[];
  /** The first step that failed. */
  failed?: FailedStep;
}

/** Failures that another attempt with the same visitor only repeats. Some logins are locked after a few. */
const visitorsOwn = new Set([
  "SIGN_IN_LOGIN_REFUSED",
  "SIGN_IN_LOGIN_UNFINISHED",
  "SIGN_IN_NOBODY_CAME",
  "SIGN_IN_ADDRESS_UNUSABLE",
]);
/** Failures of the way to the vendors. */
const passing = new Set(["SIGN_IN_NO_ANSWER", "SIGN_IN_UNAVAILABLE", "SIGN_IN_NO_LOGIN_FORM"]);

/**
 * A whole sign-in, from the discovery document to the revocation of the Genesys token. A sign-in that does not work is
 * a verdict, not an error; only an interruption, or a mistake of the program, is thrown.
 */
export async function checkSignIn(
  contract: PageContract,
  visitor: Visitor,
  options: SignInOptions = {},
): Promise<SignInVerdict> {
  try {
    return { ok: true, tried: true, ...(await signIn(contract, visitor, options)) };
  } catch (error) {
    if (error instanceof SignInError) return verdictOf(error);
    throw error;
  }
}

/** A failed sign-in as a verdict. */
export function verdictOf({ step, code, what, evidence, next, steps }: SignInError): SignInVerdict {
  const tried = !visitorsOwn.has(code) && !passing.has(code);
  return { ok: false, tried, steps, failed: { step, code, what, evidence, next } };
}

/** Whether another attempt may end otherwise. */
export function isWorthRepeating({ failed }: SignInVerdict): boolean {
  return failed !== undefined && !visitorsOwn.has(failed.code);
}
