import { expect } from "vitest";
import { signIn } from "../../operations/signIn/signIn.ts";
import { visitor } from "../../sandbox/accounts.ts";
import { nameOf, printed, type Run, type Stack, stepsOf, succeeded } from "./stack.ts";

/** Exit code of `--expect-no-changes` that met changes. */
const changesMet = 7;

/** One change that a person makes at a vendor behind Pulumi's back. */
export interface Change {
  /** The input that is no longer as declared, or what else happened. */
  what: string;
  make: () => Promise<unknown>;
}

/**
 * Makes the change, sees `up` meet and repair it, and compares with the vendor's side of before. That a preview
 * sees it too is tested with other changes: it plans by the same comparison.
 * @param seen what the vendor has of the member, without what may differ after a repair
 * @param members the members that the repair touches
 */
export async function expectRepaired(
  stack: Stack,
  { make }: Change,
  seen: () => unknown,
  ...members: readonly string[]
): Promise<void> {
  const declared = structuredClone(seen());
  await make();
  expect(seen(), "the change must be one").not.toEqual(declared);
  const run = await stack.up("--refresh", "--expect-no-changes", "--json");
  expect({ steps: namesOf(run), code: run.code }, printed(run)).toEqual({
    steps: members.map((name) => `update ${name}`).sort(),
    code: changesMet,
  });
  expect(seen()).toEqual(declared);
}

/**
 * Makes the change and sees a preview meet it; then `up` repairs the set, in these steps alone, and a visitor can
 * sign in.
 * @param steps such as "create messaging-app"
 */
export async function expectRecovered(stack: Stack, make: () => Promise<unknown>, ...steps: string[]) {
  await make();
  const preview = await stack.preview("--refresh", "--expect-no-changes");
  expect(preview.code, printed(preview)).toBe(changesMet);
  const run = await succeeded(stack.up("--refresh", "--json"));
  expect(namesOf(run)).toEqual(steps.sort());
  await expectSignIn(stack);
}

export async function expectNoDrift(stack: Stack): Promise<void> {
  await succeeded(stack.preview("--refresh", "--expect-no-changes"));
}

/** "update messaging-app", for each step that a run with `--json` took. */
export function namesOf(run: Run): string[] {
  return stepsOf(run)
    .map(({ op, urn }) => `${op} ${nameOf(urn)}`)
    .sort();
}

/** A visitor can sign in by the page contract that the stack puts out now. */
export async function expectSignIn(stack: Stack): Promise<void> {
  const { pageContract } = await stack.outputs();
  await signIn(pageContract, visitor);
}

/** The one object of a kind. */
export function only<Kind>(objects: Record<string, Kind>): Kind {
  const [object, ...others] = Object.values(objects);
  if (object === undefined || others.length > 0)
    throw new Error(`${others.length + (object ? 1 : 0)} objects, not one.`);
  return object;
}
