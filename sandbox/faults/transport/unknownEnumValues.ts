import { type Answer, bothVendors, type Fault } from "../fault.ts";
import { withJson } from "../vendorAnswers.ts";

const VALUE = "NewInThisRelease";

/** Members of JSON whose value is one of a list that the vendor may make longer. */
const ENUMS = ["intendedState", "status", "code", "state", "DistributionState"];

export const unknownEnumValues: Fault = {
  name: "unknown-enum-values",
  kind: "transport",
  seen: "The vendor has a new release: a state or a choice has a value that nobody knew.",
  vendors: bothVendors,
  after: (answer) => inMetadata(withJson(answer, inJson)),
};

function inJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inJson);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => {
    const isEnum = ENUMS.includes(name) && typeof member === "string";
    return [name, isEnum ? VALUE : inJson(member)];
  });
  return Object.fromEntries(members);
}

function inMetadata(answer: Answer): Answer {
  if (!String(answer.headers["content-type"]).startsWith("text/xml")) return answer;
  const enums = /<(distributionState|manageableState|permittedUsersPolicyType|refreshTokenPolicyType)>\w+</g;
  return { ...answer, body: answer.body.replaceAll(enums, `<$1>${VALUE}<`) };
}
