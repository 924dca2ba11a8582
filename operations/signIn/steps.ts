import { CodedError, type CodedErrorParts, type Evidence } from "../../providers/errors.ts";

/** One part of a sign-in. */
export type StepName =
  | "discovery"
  | "authorize"
  | "login"
  | "callback"
  | "exchange"
  | "token"
  | "refresh"
  | "revoke"
  | "redemption"
  | "ID token";

/** The parts of a sign-in, in their order. */
export const stepNames: readonly StepName[] = [
  "discovery",
  "authorize",
  "login",
  "callback",
  "exchange",
  "token",
  "refresh",
  "revoke",
];

/** The parts of a sign-in that leaves Genesys out, in place of the exchange and what follows. */
export const directStepNames: readonly StepName[] = ["redemption", "ID token"];

/** One part of a sign-in that was tried. */
export interface SignInStep {
  name: StepName;
  ok: boolean;
  milliseconds: number;
  /** Without any secret. */
  evidence: Evidence;
  /** Code of the error, when not ok. */
  code?: string;
}

/** A sign-in that failed, with all steps that were tried, the failed one among them. */
export class SignInError extends CodedError {
  readonly step: StepName;
  readonly steps: readonly SignInStep[];

  constructor(parts: CodedErrorParts, step: StepName, steps: readonly SignInStep[]) {
    super(parts);
    this.name = "SignInError";
    this.step = step;
    this.steps = steps;
  }
}

/** Takes the time of each step and keeps what it showed. */
export class StepRecorder {
  readonly steps: SignInStep[] = [];
  readonly #onStep: ((step: SignInStep) => void) | undefined;

  constructor(onStep: ((step: SignInStep) => void) | undefined) {
    this.#onStep = onStep;
  }

  /**
   * @param evidenceOf what the step's result shows
   * @throws SignInError where `work` threw a CodedError; anything else as it is
   */
  async take<Result>(
    name: StepName,
    work: () => Result | Promise<Result>,
    evidenceOf: (result: Result) => Evidence,
  ): Promise<Result> {
    const began = performance.now();
    const record = (rest: Pick<SignInStep, "ok" | "evidence" | "code">) => {
      const step = { name, milliseconds: Math.round(performance.now() - began), ...rest };
      this.steps.push(step);
      this.#onStep?.(step);
    };
    try {
      const result = await work();
      record({ ok: true, evidence: evidenceOf(result) });
      return result;
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      record({ ok: false, evidence: error.evidence, code: error.code });
      throw new SignInError(error, name, this.steps);
    }
  }
}

/** For a later step's failure: the first one is to be thrown, the later to be seen among the steps. */
export function isAmongTheSteps(error: unknown): void {
  if (!(error instanceof SignInError)) throw error;
}
