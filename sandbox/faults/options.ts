import { Ajv, type ValidateFunction } from "ajv";
import type { Fault, FaultOptions, Vendor } from "./fault.ts";
import { FaultError } from "./faultError.ts";

const positive = { type: "integer", minimum: 1 };

const schemas: Record<keyof FaultOptions, object> = {
  count: positive,
  nth: positive,
  probability: { type: "number", minimum: 0, maximum: 1 },
  seed: { type: "integer" },
  match: { type: "string", pattern: "^[A-Za-z]+( /\\S*)?$" },
  vendor: { enum: ["salesforce", "genesys"] satisfies Vendor[] },
  member: { type: "string", minLength: 1 },
  milliseconds: { type: "integer", minimum: 0 },
};

const ajv = new Ajv({ allErrors: true });
/** Compiled on first use, by the fault's name. */
const validators = new Map<string, ValidateFunction>();

/** The options as given, when this fault can do something with each of them; throws `FaultError`. */
export function checkedOptions(fault: Fault, given: unknown): FaultOptions {
  const known = optionsOf(fault);
  const validate = validators.get(fault.name) ?? validatorOf(known);
  validators.set(fault.name, validate);
  if (validate(given)) return given as FaultOptions;
  const problems = (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${params.additionalProperty ?? (instancePath.slice(1) || "the options")}: ${message}`,
  );
  throw new FaultError(400, {
    code: "FAULT_OPTIONS",
    what: `The fault ${fault.name} cannot be switched on like this.`,
    evidence: problems.join("; "),
    next: `Its options are ${known.length > 0 ? known.join(", ") : "none"}.`,
  });
}

function validatorOf(known: readonly (keyof FaultOptions)[]): ValidateFunction {
  const properties = Object.fromEntries(known.map((name) => [name, schemas[name]]));
  return ajv.compile({ type: "object", properties, additionalProperties: false });
}

/** Strikes can be counted; what is put wrong once, when the fault is switched on, is chosen by its object. */
function optionsOf(fault: Fault): (keyof FaultOptions)[] {
  const counted = ["count", "nth", "probability", "seed"] as const;
  return [
    ...(canStrike(fault) ? counted : []),
    ...(strikesRequests(fault) ? (["match", "vendor"] as const) : []),
    ...(fault.breaks || fault.marks ? (["member"] as const) : []),
    ...(fault.takesTime ? (["milliseconds"] as const) : []),
  ];
}

const strikesRequests = ({ before, after, remembering }: Fault) => Boolean(before ?? after ?? remembering);
const canStrike = (fault: Fault) => strikesRequests(fault) || fault.refuse !== undefined;
