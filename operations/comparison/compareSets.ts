import { fingerprints } from "../fingerprints.ts";
import type { MessagingSet, OpenedSet } from "../stack/messagingSet.ts";
import type { Comparison, Difference, ExpectedDifference, Part, Side } from "./comparison.ts";
import { expected } from "./expectedDifferences.ts";
import type { Flat } from "./flatten.ts";
import { type LiveSettings, readLiveSettings } from "./liveSettings.ts";
import { reasonFor } from "./reasons.ts";

/**
 * Two sets side by side, as both vendors have them now. What a set cannot but have of its own (ids, hosts, names,
 * dates) counts as expected; secrets are told by fingerprint alone.
 *
 * @throws CodedError where a vendor does not answer, or refuses
 */
export async function compareSets(left: OpenedSet, right: OpenedSet): Promise<Comparison> {
  const fingerprint = fingerprints();
  const [ofLeft, ofRight] = await Promise.all([
    readLiveSettings(left, fingerprint),
    readLiveSettings(right, fingerprint),
  ]);
  return { left: sideOf(left.set), right: sideOf(right.set), ...sideBySide(ofLeft, ofRight) };
}

export function sideOf({ stack, name }: MessagingSet): Side {
  return { name: `${stack}:${name}`, stack, set: name };
}

function sideBySide(left: LiveSettings, right: LiveSettings) {
  const found = { differences: [] as Difference[], expected: [] as ExpectedDifference[], same: 0 };
  for (const [member, settings] of left) {
    const others = right.get(member) ?? new Map();
    for (const property of propertiesOf(settings, others)) compare(member, property, settings, others);
  }
  return found;

  function compare(member: Part, property: string, ofLeft: Flat, ofRight: Flat): void {
    const [a, b] = [ofLeft.get(property), ofRight.get(property)];
    const because = expected(member, property, a, b);
    if (a?.raw === b?.raw && a?.normalised === b?.normalised) found.same += 1;
    else if (because) found.expected.push({ member, property, left: a?.raw, right: b?.raw, because });
    else {
      const values = { left: a?.normalised, right: b?.normalised };
      found.differences.push({ member, property, ...values, ...reasonFor(member, property) });
    }
  }
}

/** Of a member that is absent on one side, and of a document that one side cannot read, nothing but that. */
function propertiesOf(left: Flat, right: Flat): string[] {
  if (left.has("exists") || right.has("exists")) return ["exists"];
  const all = [...new Set([...left.keys(), ...right.keys()])];
  const leaves = new Set(all);
  return all.filter((property) => !parentsOf(property).some((parent) => leaves.has(parent)));
}

/** `a.b.c`: `a` and `a.b` */
function parentsOf(property: string): string[] {
  const names = property.split(".");
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join("."));
}
