import type { FieldValues, User } from "./state.ts";
import { userFields } from "./userFields.ts";

/** The custom attributes that settings or policies define, worked out for a user. */
export function customAttributes(fields: FieldValues, user: User): Record<string, string> {
  const defined = (fields.customAttributes ?? []) as FieldValues[];
  return Object.fromEntries(defined.map(({ key, formula }) => [key, evaluate(String(formula), user)]));
}

/** Texts in quotes and fields like `User.Email`, joined by `&`. Whatever else a formula may hold is left empty. */
function evaluate(formula: string, user: User): string {
  const fields: Record<string, unknown> = userFields(user);
  const value = (part: string) => {
    const quoted = part.match(/^(["'])(.*)\1$/s)?.[2];
    const name = part.match(/^\$?User\.(\w+)$/)?.[1] ?? "";
    return quoted ?? String(fields[name] ?? "");
  };
  return formula
    .split("&")
    .map((part) => value(part.trim()))
    .join("");
}
