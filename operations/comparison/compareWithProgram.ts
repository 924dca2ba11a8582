import { isDeepStrictEqual } from "node:util";
import { fulfils, project } from "../../providers/comparison.ts";
import { differences as differingNames, read } from "../../providers/lifecycle.ts";
import { fingerprints } from "../fingerprints.ts";
import { kinds } from "../stack/kinds.ts";
import { type MemberName, memberNames, type OpenedSet, type RecordedMember } from "../stack/messagingSet.ts";
import { named } from "../timeLimit.ts";
import { sideOf } from "./compareSets.ts";
import type { Comparison, Difference, ExpectedDifference } from "./comparison.ts";
import { type Flat, flatten, type Reading } from "./flatten.ts";
import { ownSecrets } from "./ownNames.ts";
import { reasonFor } from "./reasons.ts";

type Bag = Record<string, unknown>;

/** What changes whenever somebody writes, also the same values again. */
const counters = new Set(["modifiedDate", "configVersion"]);

/**
 * A set as both vendors have it now against what the program declares and the state records: what a refresh would
 * find, and nothing that the program leaves alone. Nothing is written.
 *
 * @throws CodedError where a vendor does not answer, or refuses
 */
export async function compareWithProgram(opened: OpenedSet): Promise<Comparison> {
  const side = sideOf(opened.set);
  const reading = { fingerprint: fingerprints(), hide: ownSecrets(opened), normalise: String };
  const members = await Promise.all(memberNames.map((name) => compareMember(opened, name, reading)));
  return {
    left: { ...side, name: `program of ${side.name}` },
    right: { ...side, name: "live" },
    differences: members.flatMap(({ differences }) => differences),
    expected: members.flatMap(({ expected }) => expected),
    same: members.reduce((sum, { same }) => sum + same, 0),
  };
}

type OfMember = Pick<Comparison, "differences" | "expected" | "same">;

async function compareMember(
  { set, connections }: OpenedSet,
  member: MemberName,
  reading: Reading,
): Promise<OfMember> {
  const recorded = set.members[member];
  if (recorded === undefined) return absent(member, "no: the stack's state has none", undefined);
  const reads = read(kinds[member], connections, recorded.id, recorded.outputs);
  const live = await named(`${member} of ${set.name}`, reads);
  if (live === undefined) return absent(member, "yes", "no: it is gone at the vendor");
  const changed = changedIn(member, recorded, live);
  const rows = changed.flatMap((property) => rowsFor(member, property, recorded, live, reading));
  const isCounter = ({ property }: Difference) => counters.has(property);
  return {
    differences: rows.filter((row) => !isCounter(row)),
    expected: rows.filter(isCounter).map(asExpected),
    same: namesIn(member, recorded, live).length - changed.length,
  };
}

function asExpected({ member, property, left, right }: Difference): ExpectedDifference {
  return { member, property, left, right, because: "somebody wrote it, perhaps the same values" };
}

function absent(member: MemberName, left: string, right: string | undefined): OfMember {
  const property = "exists";
  return {
    differences: [{ member, property, left, right, ...reasonFor(member, property) }],
    expected: [],
    same: 0,
  };
}

/** As the engine judges it, and what the vendor alone decides: a new key, a newer version, another state. */
function changedIn(member: MemberName, { inputs, outputs }: RecordedMember, live: Bag): string[] {
  const kind = kinds[member];
  const byEngine = new Set(differingNames(kind, live, inputs as Bag & { owner: string }));
  return namesIn(member, { inputs, outputs }, live).filter((name) => {
    // A draft may be the admin's own; the engine knows which of its changes count.
    if (byEngine.has(name) || inputs[name] !== undefined || name === "draftChanges")
      return byEngine.has(name);
    return !isDeepStrictEqual(live[name], outputs[name]);
  });
}

function namesIn(
  member: MemberName,
  { inputs, outputs }: Pick<RecordedMember, "inputs" | "outputs">,
  live: Bag,
) {
  const declarable = Object.keys(kinds[member].inputs.shape);
  const declared = declarable.filter((name) => inputs[name] !== undefined);
  const computed = Object.keys({ ...outputs, ...live }).filter(
    (name) => !declarable.includes(name) && name !== "overruled" && !name.startsWith("__"),
  );
  return [...declared, ...computed];
}

/** One row for each part of a property that differs. */
function rowsFor(
  member: MemberName,
  property: string,
  { inputs, outputs }: RecordedMember,
  live: Bag,
  reading: Reading,
): Difference[] {
  const wanted = inputs[property] ?? outputs[property];
  const asSet = kinds[member].sets.includes(property);
  const left = flatten({ [property]: wanted }, reading);
  const right = flatten({ [property]: project(live[property], wanted, asSet) }, reading);
  const paths = new Set([...left.keys(), ...right.keys()]);
  return [...paths]
    .filter((path) => !isSame(path, left, right, asSet))
    .map((path) => ({
      member,
      property: path,
      left: left.get(path)?.raw,
      right: right.get(path)?.raw,
      ...reasonFor(member, path),
    }));
}

function isSame(path: string, left: Flat, right: Flat, asSet: boolean): boolean {
  return fulfils(right.get(path)?.raw, left.get(path)?.raw, asSet);
}
