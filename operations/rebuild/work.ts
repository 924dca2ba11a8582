import { CodedError } from "../../providers/errors.ts";
import { credentialKind } from "../../providers/genesys/Credential.ts";
import { integrationKind } from "../../providers/genesys/Integration.ts";
import { messengerConfigurationKind } from "../../providers/genesys/MessengerConfiguration.ts";
import { rewriteOrder } from "../../providers/rewriteOrder.ts";
import { type MemberName, type MessagingSet, memberNames, memberOf, readSet } from "../stack/messagingSet.ts";
import type { StackReference } from "../stack/pulumi.ts";
import { destroy, type EngineStep, type OnEngineStep, type Order, up } from "../stack/update.ts";
import { type Check, check } from "./check.ts";
import type { RebuildOptions } from "./rebuild.ts";
import { replacementOf, type Step } from "./steps.ts";

/** One line of the history. */
export interface TimelineEntry {
  /** When it ended, ISO 8601, UTC. */
  at: string;
  what: string;
  detail: string;
}

/** The kinds that can be written anew in place. */
const rewritten: Partial<Record<MemberName, { noun: string }>> = {
  credential: credentialKind,
  integration: integrationKind,
  configuration: messengerConfigurationKind,
};
/** A fault may come and go: so many sign-ins must work one after the other until it counts as cured. */
const cureInARow = 3;

/** One rebuild under way: the engine, the sign-in checks, and what happened so far. */
export class Work {
  readonly timeline: TimelineEntry[] = [];
  readonly checks: Check[] = [];
  /** All that the engine has begun, also what it did not come to the end of. */
  readonly changes: EngineStep[] = [];
  /** As it was read last. */
  set: MessagingSet;
  readonly #reference: StackReference;
  readonly #options: RebuildOptions;

  constructor(reference: StackReference, options: RebuildOptions, set: MessagingSet) {
    this.#reference = reference;
    this.#options = options;
    this.set = set;
  }

  async readSet(): Promise<void> {
    this.set = await readSet(this.#reference, this.#options.set);
  }

  /** Also after an interruption; where the state cannot be read, what was read before stays. */
  async readSetAtTheEnd(): Promise<void> {
    try {
      this.set = await readSet({ ...this.#reference, signal: undefined }, this.#options.set);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
    }
  }

  repair(): Promise<EngineStep[]> {
    return this.#engine("Repair what has changed behind Pulumi's back", { refresh: true });
  }

  /** Takes one step by the engine, then checks a sign-in by the page contract that came out of it. */
  async take(step: Step): Promise<Check> {
    this.#options.onStep?.(step);
    const member = memberOf(this.set, step.member);
    const kind = rewritten[step.member];
    const order =
      step.way === "rewrite" && kind
        ? { rewrite: rewriteOrder(kind, String(member.inputs.owner)) }
        : { replace: member.urn };
    await this.#engine(capitalised(step.title), order);
    return this.check("afterwards", step.patienceMs);
  }

  /** Takes the whole set down, those that use others first, and builds it again. */
  async replaceAll(): Promise<Check> {
    const urns = memberNames.flatMap((name) => this.set.members[name]?.urn ?? []);
    await this.#show("Take all members down", (onStep) => destroy(this.#reference, urns, onStep));
    await this.#engine("Build all members again", { refresh: true });
    return this.check("afterwards", replacementOf("ECA").patienceMs);
  }

  /** Signs in by the page contract that holds now. */
  async check(when: string, patienceMs: number): Promise<Check> {
    const { visitor, withinMs = patienceMs, answerDeadlineMs, show } = this.#options;
    if (this.changes.length > 0) await this.readSet();
    const seen = await show(`Sign-in ${when}`, async ({ news, outcome }) => {
      const checked = await check(this.set.pageContract, visitor, {
        withinMs,
        inARow: this.checks.length === 0 ? 1 : cureInARow,
        answerDeadlineMs,
        signal: this.#reference.signal,
        onAttempt: ({ number, nextInMs, verdict: { ok, failed } }) =>
          nextInMs !== undefined &&
          news(`attempt ${number}: ${ok ? "works" : failed?.code}; again ${shownPause(nextInMs)}`),
      });
      outcome(shown(checked));
      return checked;
    });
    this.checks.push(seen);
    this.#tell(`Sign-in check ${when}`, shown(seen));
    return seen;
  }

  #engine(title: string, order: Order): Promise<EngineStep[]> {
    return this.#show(title, (onStep) => up(this.#reference, order, onStep));
  }

  async #show(title: string, run: (onStep: OnEngineStep) => Promise<EngineStep[]>): Promise<EngineStep[]> {
    const first = this.changes.length;
    try {
      const done = await this.#options.show(title, async ({ news, outcome }) => {
        const changed = await run((step) => {
          this.changes.push(step);
          news(shownStep(step));
        });
        outcome(shownSteps(changed));
        return changed;
      });
      this.#tell(title, shownSteps(done));
      return done;
    } catch (error) {
      const why = error instanceof CodedError ? error.code : "interrupted";
      const begun = this.changes.slice(first).map(shownStep).join(", ");
      this.#tell(title, `stopped (${why}); begun: ${begun || "nothing"}`);
      throw error;
    }
  }

  #tell(what: string, detail: string): void {
    this.timeline.push({ at: new Date().toISOString(), what, detail });
  }
}

function shown({ ok, failed, failures, inARow, attempts, began, at }: Check): string {
  const seconds = ((Date.parse(at) - Date.parse(began)) / 1_000).toFixed(1);
  const tries = `${attempts} ${attempts === 1 ? "attempt" : "attempts"} in ${seconds} s`;
  if (ok && failures > 0) return `works, ${inARow} times in a row after ${failures} failures (${tries})`;
  if (ok) return `works (${tries})`;
  const { contextId } = failed?.evidence ?? {};
  return `fails at the step ${failed?.step}: ${failed?.code}${contextId ? `, contextId ${contextId}` : ""} (${tries})`;
}

function shownPause(milliseconds: number): string {
  return milliseconds === 0 ? "at once" : `in ${milliseconds / 1_000} s`;
}

/** What the engine did: "update messaging-credential (name)"; a replacement is named once. */
function shownSteps(engineSteps: readonly EngineStep[]): string {
  const whole = engineSteps.filter(({ op }) => !["create-replacement", "delete-replaced"].includes(op));
  return whole.map(shownStep).join(", ") || "nothing to do";
}

function shownStep({ op, urn, changed = [] }: EngineStep): string {
  // What has a member written anew is no input of the program.
  const inputs = changed.filter((name) => !name.startsWith("__"));
  const differed = inputs.length > 0 ? ` (${inputs.join(", ")})` : "";
  return `${op} ${urn.slice(urn.lastIndexOf("::") + 2)}${differed}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
