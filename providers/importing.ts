/** What an import refuses, and what it asks a person for. */
import { isEmpty } from "./comparison.ts";
import { CodedError } from "./errors.ts";
import type { Kind, Owned } from "./lifecycle.ts";
import { operation } from "./operation.ts";

/** The id names nothing. */
export function notFound(noun: string, id: string): CodedError {
  return new CodedError({
    code: "IMPORT_NOT_FOUND",
    what: `There is no ${noun} with this id.`,
    evidence: { id },
    next: "Look the id up at the vendor; the page of each member in docs/ says what its id is.",
  });
}

/** Another stack manages it: two that write one object would undo each other's changes for ever. */
export function isForeign(mark: unknown, owner: string): boolean {
  const stackOf = (text: string) => text.split("/", 2).join("/");
  return !isEmpty(mark) && stackOf(String(mark)) !== stackOf(owner);
}

export function ownedByOther(noun: string, id: string, owner: string): CodedError {
  return new CodedError({
    code: "IMPORT_OWNED",
    what: `This ${noun} belongs to another stack, by the mark that it carries.`,
    evidence: { id, owner },
    next: "Leave it there. To move it, take it out of that stack by `pulumi state delete`, remove the mark from its text in the vendor's console, and import it again.",
  });
}

/** What a person says, by environment variables, of the inputs that the vendor never gives back. */
export function givenAtImport<I extends Owned, C extends object>(kind: Kind<I, C>): Record<string, string> {
  const told = unreadable(kind).map(([name, variable]) => [name, process.env[variable]]);
  return Object.fromEntries(told.filter(([, value]) => value));
}

/** Tells the person which of them nobody has said. */
export function warnOfUnknown<I extends Owned, C extends object>(
  kind: Kind<I, C>,
  id: string,
  given: Record<string, string>,
): void {
  const missing = unreadable(kind).filter(([name]) => !(name in given));
  if (missing.length === 0) return;
  const variables = missing.map(([, variable]) => variable).join(" and ");
  const warning = new CodedError({
    code: "IMPORT_SECRET_UNKNOWN",
    what: `The vendor does not give back all of the ${kind.noun}, so it is not known whether it is as the program says.`,
    evidence: { id, properties: missing.map(([name]) => name).join(" ") },
    next: `Run \`pulumi up\`, which writes these once, from the program; or import it with the environment variables ${variables} set to what it holds.`,
  });
  operation().warn(warning.message);
}

/** The names of these inputs, each with its environment variable. */
function unreadable<I extends Owned, C extends object>(kind: Kind<I, C>): [string, string][] {
  return Object.entries((kind.unreadable ?? {}) as Record<string, string>);
}
