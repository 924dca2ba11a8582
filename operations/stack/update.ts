import { z } from "zod";
import { CodedError } from "../../providers/errors.ts";
import { rewriteVariable } from "../../providers/rewriteOrder.ts";
import { CommandFailed } from "../../tools/run.mjs";
import { configFlags, pulumi, type StackReference } from "./pulumi.ts";

/** What one run of the engine is to do besides bringing the stack to the program. */
export interface Order {
  /** Compare with the vendors first. */
  refresh?: boolean;
  /** URN of the resource to make anew. */
  replace?: string;
  /** The member to write anew in place, as `rewriteOrder` names it. */
  rewrite?: string;
}

/** One thing that the engine did to one resource. */
export interface EngineStep {
  /** Pulumi's word: `create`, `update`, `delete`, `replace` ... */
  op: string;
  urn: string;
  /** Names of the inputs that differed, where it says so. */
  changed?: string[] | undefined;
}

/** Called when the engine begins something. */
export type OnEngineStep = (step: EngineStep) => void;

const deadlineMs = 30 * 60_000;

const names = z.array(z.string());
const eventSchema = z.object({
  resourcePreEvent: z
    .object({ metadata: z.object({ op: z.string(), urn: z.string(), diffs: names.nullish() }) })
    .optional(),
  diagnosticEvent: z.object({ severity: z.string(), message: z.string() }).optional(),
});

/**
 * Runs `pulumi up`.
 *
 * @returns what it changed, in its order
 * @throws CodedError STACK_UPDATE_FAILED, STACK_LOCKED
 */
export function up(reference: StackReference, order: Order, onStep?: OnEngineStep): Promise<EngineStep[]> {
  const flags = [
    // Without --run-program a refresh would log in as the last update did.
    ...(order.refresh ? ["--refresh", "--run-program"] : []),
    ...(order.replace ? ["--replace", order.replace] : []),
  ];
  const env = { ...(reference.env ?? process.env), [rewriteVariable]: order.rewrite ?? "" };
  return engine({ ...reference, env }, ["up", ...flags, "--suppress-outputs"], onStep);
}

/**
 * Runs `pulumi destroy` for these resources alone.
 *
 * @returns what it changed, in its order
 * @throws CodedError STACK_UPDATE_FAILED, STACK_LOCKED
 */
export function destroy(reference: StackReference, urns: readonly string[], onStep?: OnEngineStep) {
  const targets = urns.flatMap((urn) => ["--target", urn]);
  return engine(reference, ["destroy", "--run-program", ...targets], onStep);
}

async function engine(reference: StackReference, args: string[], onStep?: OnEngineStep) {
  const steps: EngineStep[] = [];
  const errors: string[] = [];
  const onLine = (line: string) => {
    const { resourcePreEvent, diagnosticEvent } = eventIn(line);
    if (diagnosticEvent?.severity === "error") errors.push(diagnosticEvent.message.trim());
    if (resourcePreEvent === undefined) return;
    const { op, urn, diffs } = resourcePreEvent.metadata;
    if (["same", "refresh", "read"].includes(op)) return;
    const step = { op, urn, changed: diffs ?? undefined };
    steps.push(step);
    onStep?.(step);
  };
  const command = [...args, "--yes", "--skip-preview", "--json", ...configFlags(reference)];
  try {
    await pulumi(reference, command, { deadlineMs, onLine });
    return steps;
  } catch (error) {
    reference.signal?.throwIfAborted();
    throw error instanceof CommandFailed ? failed(reference, args[0] ?? "", error, errors) : error;
  }
}

function eventIn(line: string): z.infer<typeof eventSchema> {
  if (!line.startsWith("{")) return {};
  try {
    return eventSchema.parse(JSON.parse(line));
  } catch {
    return {};
  }
}

function failed({ stack }: StackReference, command: string, error: CommandFailed, errors: string[]) {
  if (error.printed.includes("the stack is currently locked")) {
    return new CodedError({
      code: "STACK_LOCKED",
      what: "The stack is locked by another run of Pulumi, or by one that was killed.",
      evidence: { lock: /created by [^\n"]*/.exec(error.printed)?.[0] },
      next: `If no other run is under way, remove the lock by \`npx pulumi cancel --yes${stack ? ` --stack ${stack}` : ""}\`, then run the command again.`,
    });
  }
  const plain = /^error: .*/m.exec(error.printed)?.[0];
  const said = errors.length > 0 ? errors : [plain ?? error.how];
  return new CodedError({
    code: "STACK_UPDATE_FAILED",
    what: [`\`pulumi ${command}\` did not succeed. It says:`, ...said.join("\n").split("\n")].join("\n  "),
    evidence: { how: error.how },
    next: "Correct what it names, then run the command again: what was made is recorded, or found by its owner's mark.",
  });
}
