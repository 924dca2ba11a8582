import type { MemberName, OpenedSet } from "../stack/messagingSet.ts";
import { checkSignIn, type SignInVerdict } from "./check.ts";
import { deployedClient } from "./deployedClient.ts";
import { type Reading, readingOf } from "./differentialReading.ts";
import { checkDirectly, type DirectVerdict } from "./directRedemption.ts";
import type { SignInOptions } from "./signIn.ts";
import type { SignInStep } from "./steps.ts";
import type { TranscriptEntry } from "./transcript.ts";
import type { Visitor } from "./visitor.ts";

/** Which of the two sign-ins: the code redeemed at Salesforce by this check, or by Genesys. */
export type Side = "direct" | "throughGenesys";

export interface DifferentialOptions extends Omit<SignInOptions, "onStep" | "onRequest"> {
  onStep?: (step: SignInStep, side: Side) => void;
  onRequest?: (entry: TranscriptEntry, side: Side) => void;
}

/** Both sign-ins, and what they say together. */
export interface Differential {
  direct: DirectVerdict;
  /** Missing when the first sign-in did not get as far as a code: another one would not either. */
  throughGenesys?: SignInVerdict;
  verdict: DifferentialVerdict;
}

export interface DifferentialVerdict {
  ok: boolean;
  /** False when one of the two says nothing about the set, as in `SignInVerdict`. */
  tried: boolean;
  reading: Reading;
  /** One sentence: what the two together say. */
  what: string;
  /** Causes that fit, by the ids of docs/sign-in.md; empty when nothing is wrong. */
  causes: readonly string[];
  /** Members to look at or to replace, in this order. */
  members: readonly MemberName[];
  next: string;
}

/**
 * Two sign-ins with a fresh code each, one redeemed at Salesforce with the deployed client id and secret, the other by
 * Genesys. Where they part is where the fault is.
 *
 * @throws CodedError SET_NOT_COMPLETE
 */
export async function checkDifferentially(
  { set }: Pick<OpenedSet, "set">,
  visitor: Visitor,
  { onStep, onRequest, ...options }: DifferentialOptions = {},
): Promise<Differential> {
  const { pageContract } = set;
  const on = (side: Side) => ({
    ...options,
    onStep: (step: SignInStep) => onStep?.(step, side),
    ...(onRequest && { onRequest: (entry: TranscriptEntry) => onRequest(entry, side) }),
  });
  const direct = await checkDirectly(pageContract, deployedClient(set), visitor, on("direct"));
  if (!hasCode(direct)) return { direct, verdict: readingOf(direct, undefined) };
  const throughGenesys = await checkSignIn(pageContract, visitor, on("throughGenesys"));
  return { direct, throughGenesys, verdict: readingOf(direct, throughGenesys) };
}

function hasCode({ steps }: SignInVerdict): boolean {
  return steps.some(({ name, ok }) => name === "callback" && ok);
}
